package dev.signalbox.httpprobe.url;

/**
 * An absolute http or https URL, parsed once; everything later works on its parts, so that no two
 * readers can disagree about the host.
 *
 * @param origin whom to ask
 * @param target what to ask for: path and query in ASCII, beginning with a slash
 */
public record WebUrl(Origin origin, String target) {

  /** What parsing found. */
  public sealed interface Parsed {

    /** A URL. */
    record Good(WebUrl url) implements Parsed {}

    /**
     * Not one.
     *
     * @param reason the rule that is broken, fit to follow the word "url"
     */
    record Bad(String reason) implements Parsed {}
  }

  /** Reads a URL that somebody typed or sent. */
  public static Parsed parse(String text) {
    return new WebUrlReader(text).absolute();
  }

  /**
   * Reads a reference, such as a Location header, against this URL (RFC 3986, 5.2).
   *
   * @param reference absolute or relative
   */
  public Parsed resolve(String reference) {
    return new WebUrlReader(reference).relativeTo(this);
  }

  /** The path without the query. */
  public String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  @Override
  public String toString() {
    return origin.scheme().text() + "://" + origin.authority() + target;
  }
}
