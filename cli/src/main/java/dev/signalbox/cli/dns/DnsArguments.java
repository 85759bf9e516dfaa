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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of the command {@code dns}.
 *
 * @param params parameters of the task {@code dns_query}
 * @param form what to print
 * @param where what queries the resolvers
 * @param help whether to print the usage and do nothing else
 */
record DnsArguments(Map<String, Object> params, Form form, Where where, boolean help) {

  /** What to print. */
  enum Form {
    /** As dig does. */
    FULL,
    /** The data of the answers only. */
    SHORT,
    /** The task's result. */
    JSON
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
  }

  /**
   * Reads arguments.
   *
   * @throws StartException naming the first invalid one
   */
  static DnsArguments parse(List<String> arguments) {
    return new Reader(new Arguments(arguments)).read();
  }

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
    private boolean help;

    Reader(Arguments arguments) {
      this.arguments = arguments;
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
      return help ? new DnsArguments(Map.of(), form, where.read(), true) : finished();
    }

    private void letter(String option) {
      switch (option) {
        case "-x" -> reverse = arguments.value(option);
        case "-t" -> types.add(arguments.value(option));
        case "-h" -> help = true;
        default -> throw unknown(option);
      }
    }

    /** The names dig and kdig have for it, after + as theirs or after -- as everybody's. */
    private void flag(String option, String name) {
      switch (name) {
        case "help" -> help = true;
        case "resolver" -> resolvers.add(arguments.value(option));
        case "type" -> types.add(arguments.value(option));
        case "reverse" -> reverse = arguments.value(option);
        case "trace-from" -> roots.add(arguments.value(option));
        case "short" -> form = Form.SHORT;
        case "json" -> form = Form.JSON;
        case "param" -> ParamOption.put(arguments.value(option), params);
        default -> {
          if (!options.take("--" + name, option, arguments)) {
            throw unknown(option);
          }
        }
      }
    }

    private static StartException unknown(String option) {
      return new StartException("Unknown option " + option + "; see signalbox dns --help");
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
      return new DnsArguments(params, form, where.read(), false);
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
