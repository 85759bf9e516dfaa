package dev.signalbox.gateway.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page with places of the form <code>{{name}}</code> that take {@link Html} and nothing else. */
public final class HtmlTemplate {

  private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z_]+)}}");

  /** Markup and, after each piece but the last, the name of a place. */
  private final List<String> markup = new ArrayList<>();

  private final List<String> places = new ArrayList<>();

  /** A template of a text. */
  public HtmlTemplate(String text) {
    Matcher place = PLACE.matcher(text);
    int end = 0;
    while (place.find()) {
      markup.add(text.substring(end, place.start()));
      places.add(place.group(1));
      end = place.end();
    }
    markup.add(text.substring(end));
  }

  /**
   * The page.
   *
   * @param values one for each place, and no other
   */
  public Html render(Map<String, Html> values) {
    StringBuilder page = new StringBuilder(markup.stream().mapToInt(String::length).sum() * 2);
    for (int i = 0; i < places.size(); i++) {
      Html value = values.get(places.get(i));
      if (value == null) {
        throw new IllegalArgumentException("no value for {{" + places.get(i) + "}}");
      }
      page.append(markup.get(i)).append(value);
    }
    return Html.rendered(page.append(markup.getLast()).toString());
  }
}
