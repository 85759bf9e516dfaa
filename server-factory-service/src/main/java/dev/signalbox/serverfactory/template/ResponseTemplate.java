package dev.signalbox.serverfactory.template;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Mustache template over the names of {@link TemplateScope}. Names that are missing render as
 * nothing. Sections repeat over arrays of the request's JSON; partials, parents, blocks and other
 * delimiters are refused, and there are no lambdas.
 *
 * <p>A request decides how often a section repeats, so what one rendering may do is bounded:
 * {@value #MAX_STEPS} look-ups, repetitions and pieces of text, and {@value #MAX_OUTPUT} bytes of
 * output. Safe for any number of threads.
 */
public final class ResponseTemplate {

  /** Look-ups, repetitions and pieces of text in one rendering. */
  public static final int MAX_STEPS = 100_000;

  /** Bytes of UTF-8 that one rendering may make. */
  public static final int MAX_OUTPUT = 4 * 1_024 * 1_024;

  private static final int MAX_LEVELS = 20;
  private static final int MAX_NAME = 500;
  private static final int MAX_SHOWN = 80;

  private static final Pattern SECTION = Pattern.compile("\\{\\{\\s*([#^<$/])");
  private static final Pattern NAME = Pattern.compile("[^\\s.{}]+(\\.[^\\s.{}]+)*+");

  private final Template template;
  private final boolean header;

  private ResponseTemplate(Template template, boolean header) {
    this.template = template;
    this.header = header;
  }

  /**
   * Reads a template.
   *
   * @param escaping of {@code {{name}}}; {@code {{{name}}}} and {@code {{&name}}} are not escaped
   * @throws IllegalArgumentException when it is none; the message begins with "must"
   */
  public static ResponseTemplate compile(String text, Escaping escaping) {
    checkLevels(text);
    if (text.contains("{{=")) {
      throw new IllegalArgumentException("must not change the delimiters of the template");
    }
    Template template;
    try {
      template =
          Mustache.compiler()
              .defaultValue("")
              .withFormatter(TemplateNames::text)
              .withEscaper(escaping::escape)
              .withCollector(new TemplateNames())
              .compile(text);
    } catch (MustacheException e) {
      throw new IllegalArgumentException(
          "must be a Mustache template: " + shown(e.getMessage()), e);
    } catch (IndexOutOfBoundsException e) {
      // What the library does with a tag that is empty.
      throw new IllegalArgumentException("must not have a tag without a name", e);
    }
    template.visit(new TagCheck());
    return new ResponseTemplate(template, escaping == Escaping.HEADER);
  }

  /** The text for one response. */
  public String render(TemplateScope scope) throws TemplateException {
    TemplateOutput output = new TemplateOutput(header);
    try {
      ScopedValue.where(TemplateOutput.CURRENT, output).run(() -> template.execute(scope, output));
    } catch (TemplateOutput.BoundException | MustacheException e) {
      TemplateOutput.BoundException bound = TemplateOutput.BoundException.in(e);
      throw new TemplateException(
          bound == null ? "the template failed: " + shown(e.getMessage()) : bound.reason());
    }
    return output.toString();
  }

  /** Sections that are nested are recursion in the library. */
  private static void checkLevels(String text) {
    int levels = 0;
    Matcher section = SECTION.matcher(text);
    while (section.find()) {
      levels += section.group(1).equals("/") ? -1 : 1;
      if (levels > MAX_LEVELS) {
        throw new IllegalArgumentException(
            "must not nest sections of the template in more than " + MAX_LEVELS + " levels");
      }
    }
  }

  private static String shown(@Nullable String message) {
    String text = String.valueOf(message);
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
  }

  /** Refuses what is Mustache and is not for templates of responses. */
  private static final class TagCheck implements Mustache.Visitor {

    @Override
    public void visitText(String text) {}

    @Override
    public void visitVariable(String name) {
      check(name);
    }

    @Override
    public boolean visitSection(String name) {
      check(name);
      return true;
    }

    @Override
    public boolean visitInvertedSection(String name) {
      check(name);
      return true;
    }

    @Override
    public boolean visitInclude(String name) {
      throw new IllegalArgumentException(
          "must not have partials such as {{> " + shown(name) + "}}");
    }

    @Override
    public boolean visitParent(String name) {
      throw new IllegalArgumentException("must not have parents such as {{< " + shown(name) + "}}");
    }

    @Override
    public boolean visitBlock(String name) {
      throw new IllegalArgumentException("must not have blocks such as {{$ " + shown(name) + "}}");
    }

    private static void check(String name) {
      if (name.length() > MAX_NAME) {
        throw new IllegalArgumentException(
            "must have names of at most " + MAX_NAME + " characters between braces");
      }
      if (!name.equals(".") && !NAME.matcher(name).matches()) {
        throw new IllegalArgumentException(
            "must have names with single dots and without blanks between braces, unlike {{"
                + shown(name)
                + "}}");
      }
    }
  }
}
