package dev.signalbox.platform.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All sections of a process, bound to their records. */
public final class Configuration {

  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");

  private final Map<String, Record> sections;
  private final List<EffectiveSetting> effective;

  /**
   * A setting as it holds.
   *
   * @param value as text; {@code (hidden)} for a secret that is set, or in its place in a URL
   * @param origin where it was set, {@code default} for nowhere
   */
  public record EffectiveSetting(String key, String value, String origin) {

    /** The origin of a value that nothing sets. */
    public static final String DEFAULT = "default";

    @Override
    public String toString() {
      return key + " = " + value + (origin.equals(DEFAULT) ? "" : "  [" + origin + "]");
    }
  }

  private Configuration(Map<String, Record> sections, List<EffectiveSetting> effective) {
    this.sections = sections;
    this.effective = effective;
  }

  /**
   * Binds every section. Unknown keys are errors, because a misspelt setting would otherwise go
   * unnoticed.
   *
   * @param types record type of each section
   * @param strict whether sections of no service here are errors too; false where a file is shared
   *     with services that run elsewhere
   * @throws ConfigException with every problem of every section
   */
  public static Configuration bind(
      ConfigSource source, Map<String, Class<? extends Record>> types, boolean strict) {
    List<ConfigProblem> problems = new ArrayList<>();
    List<EffectiveSetting> effective = new ArrayList<>();
    Map<String, Record> sections = new LinkedHashMap<>();
    Map<String, List<String>> known = new LinkedHashMap<>();
    types.forEach((prefix, type) -> {
      known.put(prefix, keys(prefix, type));
      try {
        sections.put(prefix, bindSection(source, prefix, type, effective));
      } catch (ConfigException e) {
        problems.addAll(e.problems());
      }
    });
    problems.addAll(source.unknown(known, strict));
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new Configuration(sections, effective);
  }

  /** The record of a section without any setting given. */
  public static <T extends Record> T defaults(String prefix, Class<T> type) {
    return bindSection(ConfigSource.of(null, Map.of(), Map.of()), prefix, type, new ArrayList<>());
  }

  /** The keys of a section, such as {@code dns.max-in-flight}. */
  public static List<String> keys(String prefix, Class<? extends Record> type) {
    return Arrays.stream(type.getRecordComponents()).map(c -> key(prefix, c)).toList();
  }

  private static String key(String prefix, RecordComponent component) {
    String kebab =
        Arrays.stream(HUMP.split(component.getName(), -1))
            .map(part -> part.toLowerCase(Locale.ROOT))
            .collect(Collectors.joining("-"));
    return prefix + "." + kebab;
  }

  private static <T extends Record> T bindSection(
      ConfigSource source, String prefix, Class<T> type, List<EffectiveSetting> effective) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    List<ConfigProblem> problems = new ArrayList<>();
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      Setting setting = component.getAnnotation(Setting.class);
      if (setting == null) {
        throw new IllegalStateException(
            type.getName() + "." + component.getName() + " has no @Setting");
      }
      String key = key(prefix, component);
      ConfigSource.Value value = source.find(key);
      try {
        if (value != null && !value.wellFormed()) {
          throw new IllegalArgumentException(
              "must be a text or a list of texts, not a map or a list of lists: " + setting.doc());
        }
        arguments[i] =
            SettingValues.parse(
                value == null ? setting.value() : value.text(), component.getGenericType());
        String shown =
            setting.secret() && value != null
                ? HiddenText.HIDDEN
                : HiddenText.of(text(value, setting));
        effective.add(
            new EffectiveSetting(
                key, shown, value == null ? EffectiveSetting.DEFAULT : value.origin()));
      } catch (IllegalArgumentException e) {
        String origin = value == null ? "default" : value.origin();
        problems.add(new ConfigProblem(key, e.getMessage() + " (" + origin + ")"));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return construct(type, components, arguments);
  }

  private static String text(ConfigSource.@Nullable Value value, Setting setting) {
    return value == null ? setting.value() : value.text();
  }

  private static <T extends Record> T construct(
      Class<T> type, RecordComponent[] components, Object[] arguments) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof ConfigException problems) {
        throw problems;
      }
      throw new IllegalStateException("constructor of " + type.getName() + " failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type.getName() + " must be a public record", e);
    }
  }

  /**
   * The record of a section.
   *
   * @throws IllegalArgumentException when the section was not bound
   */
  public <T extends Record> T section(String prefix, Class<T> type) {
    Record section = sections.get(prefix);
    if (section == null) {
      throw new IllegalArgumentException("section " + prefix + " was not declared by any service");
    }
    return type.cast(section);
  }

  /** Every setting with its value, secrets hidden, and where it was set. */
  public List<EffectiveSetting> effective() {
    return List.copyOf(effective);
  }
}
