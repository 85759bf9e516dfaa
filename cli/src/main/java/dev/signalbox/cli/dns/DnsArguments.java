package dev.signalbox.cli.dns;

import dev.signalbox.cli.command.Arguments;
import dev.signalbox.cli.command.ParamOption;
import dev.signalbox.cli.command.TaskOptions;
import dev.signalbox.cli.command.Where;
import dev.signalbox.cli.command.WhereOptions;
import dev.signalbox.dns.DnsConfig;
import dev.signalbox.dns.task.DnsQueryType;
import dev.signalbox.dnsclient.ResolverConfig;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.task.TaskSpec;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the command {@code dns}.
 *
 * @param params parameters of the task {@code dns_query}
 * @param form what to print
 * @param sections the parts of the full form to print
 * @param where what queries the resolvers
 */
record DnsArguments(Map<String, Object> params, Form form, Set<Section> sections, Where where) {

  /** What to print. */
  enum Form {
    /** As dig does. */
    FULL,
    /** The data of the answers only. */
    SHORT,
    /** The task's result. */
    JSON
  }

  /** Parts of a response, by the names dig has for them. */
  enum Section {
    COMMENTS,
    QUESTION,
    ANSWER,
    AUTHORITY,
    ADDITIONAL,
    STATS;

    static @Nullable Section named(String word) {
      for (Section section : values()) {
        if (section.name().toLowerCase(Locale.ROOT).equals(word)) {
          return section;
        }
      }
      return null;
    }
  }

  /** The declaration of the task, with the default settings of its service. */
  static final TaskSpec TASK =
      new DnsQueryType(
              Configuration.defaults("dns", DnsConfig.class)
                  .taskRules(
                      Configuration.defaults(ResolverConfig.SECTION, ResolverConfig.class)
                          .ednsUdpSize()))
          .spec();

  DnsArguments {
    params = Map.copyOf(params);
    sections = Set.copyOf(sections);
  }

  /**
   * Reads arguments.
   *
   * @throws StartException naming the first invalid one
   */
  static DnsArguments parse(List<String> arguments) {
    return new Reader(arguments).read();
  }

  private static final long MOST_TRIES = 101;

  private static final class Reader {

    private final Arguments arguments;
    private final WhereOptions where = new WhereOptions();
    private final List<String> words = new ArrayList<>();
    private final List<String> types = new ArrayList<>();
    private final List<String> resolvers = new ArrayList<>();
    private final List<String> roots = new ArrayList<>();
    private final Map<String, Object> params = new LinkedHashMap<>();
    private final TaskOptions options = new TaskOptions(TASK, params);
    private @Nullable String reverse;
    private Form form = Form.FULL;
    private final Set<Section> sections = EnumSet.allOf(Section.class);
    private @Nullable String port;

    Reader(List<String> given) {
      this.arguments = new Arguments(given, DnsCommand.spec().options().get());
    }

    DnsArguments read() {
      while (arguments.more()) {
        String argument = arguments.next();
        if (argument.startsWith("@") && argument.length() > 1) {
          resolvers.add(argument.substring(1));
        } else if (argument.startsWith("+")) {
          flag(argument, argument.substring(1));
        } else if (argument.startsWith("--")) {
          if (!where.take(argument, arguments)) {
            flag(argument, argument.substring(2));
          }
        } else if (argument.startsWith("-") && argument.length() > 1) {
          letter(argument);
        } else {
          words.add(argument);
        }
      }
      return finished();
    }

    private void letter(String option) {
      switch (option) {
        case "-x" -> flag(option, "reverse");
        case "-t" -> flag(option, "type");
        case "-p" -> flag(option, "port");
        case "-c" -> flag(option, "class");
        default -> throw DnsCommand.spec().unknown(option);
      }
    }

    /** The names dig and kdig have for it, after + as theirs or after -- as everybody's. */
    private void flag(String option, String name) {
      switch (name) {
        case "resolver" -> resolvers.add(arguments.value(option));
        case "type" -> types.add(arguments.value(option));
        case "reverse" -> reverse = arguments.value(option);
        case "trace-from" -> roots.add(arguments.value(option));
        case "port" -> port = Long.toString(arguments.number(option, 1, 65_535));
        case "class" -> params.put("class", arguments.value(option).toUpperCase(Locale.ROOT));
        case "tries" -> params.put("retries", arguments.number(option, 1, MOST_TRIES) - 1);
        case "noall" -> sections.clear();
        case "all" -> sections.addAll(EnumSet.allOf(Section.class));
        case "cmd", "nocmd" -> {} // The line about dig itself, which is never printed.
        case "vc" -> params.put("protocol", "tcp");
        case "recurse", "rec", "rdflag" -> params.put("recursion_desired", true);
        case "short" -> form = Form.SHORT;
        case "json" -> form = Form.JSON;
        case "param" -> ParamOption.put(arguments.value(option), params);
        default -> {
          if (!section(name) && !options.take("--" + name, option, arguments)) {
            throw DnsCommand.spec().unknown(option);
          }
        }
      }
    }

    private boolean section(String name) {
      Section on = Section.named(name);
      Section off = name.startsWith("no") ? Section.named(name.substring(2)) : null;
      if (on != null) {
        sections.add(on);
      } else if (off != null) {
        sections.remove(off);
      }
      return on != null || off != null;
    }

    /** A resolver with the port of {@code -p}, unless it names one or is a URL. */
    private String withPort(String resolver) {
      boolean bare = resolver.indexOf(':') < 0 || resolver.endsWith("]");
      boolean ipv6 = !bare && resolver.indexOf(':') != resolver.lastIndexOf(':');
      if (port == null
          || resolver.contains("://")
          || !(bare || (ipv6 && !resolver.startsWith("[")))) {
        return resolver;
      }
      return (ipv6 ? "[" + resolver + "]" : resolver) + ":" + port;
    }

    private DnsArguments finished() {
      if (reverse != null) {
        params.put("domain", reverse);
        types.add("PTR");
        if (!words.isEmpty()) {
          throw new StartException("-x takes an address only; remove the name " + words.getFirst());
        }
      } else {
        params.put("domain", name());
        words.forEach(word -> types.add(word.toUpperCase(Locale.ROOT)));
      }
      if (types.size() == 1) {
        params.put("type", types.getFirst());
      } else if (!types.isEmpty()) {
        params.put("types", List.copyOf(types));
      }
      if (port != null && resolvers.isEmpty()) {
        throw new StartException("-p needs a resolver, such as @127.0.0.1");
      }
      resolvers.replaceAll(this::withPort);
      if (resolvers.size() == 1) {
        params.put("resolver", resolvers.getFirst());
      } else if (!resolvers.isEmpty()) {
        params.put("resolvers", List.copyOf(resolvers));
      }
      if (!roots.isEmpty()) {
        params.put("trace", true);
        params.put("trace_from", List.copyOf(roots));
      }
      options.finish();
      return new DnsArguments(params, form, sections, where.read());
    }

    /** The first word with a dot, so that {@code MX example.com} works too; else the first word. */
    private String name() {
      if (words.isEmpty()) {
        throw new StartException("The name is missing; for example: signalbox dns example.com MX");
      }
      String name =
          words.stream().filter(word -> word.contains(".")).findFirst().orElse(words.getFirst());
      words.remove(name);
      return name;
    }
  }
}
