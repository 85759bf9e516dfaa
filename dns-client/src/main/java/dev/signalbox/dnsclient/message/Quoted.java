package dev.signalbox.dnsclient.message;

/** A client's text inside one of our sentences: short, and harmless on a terminal. */
public final class Quoted {

  private static final int LONGEST = 40;

  private Quoted() {}

  /** The text in quotation marks, cut and with control characters replaced. */
  public static String of(String text) {
    String start = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    return '"' + start.replaceAll("[\\p{Cntrl}\\p{Cs}\"]", "?") + '"';
  }
}
