package dev.signalbox.gateway.routing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which content codings a client would rather have than the content itself (RFC 9110 section
 * 12.5.3). Belongs to one event loop: clients send few different headers, so results are kept.
 */
public final class AcceptEncoding {

  private static final int MAX_KEPT = 64;
  private static final int MAX_LENGTH = 500;

  /** Ours, best first; among equals of the client this order decides. */
  private static final List<String> CODINGS = List.of("br", "zstd", "gzip");

  private final Map<String, List<String>> kept = new HashMap<>();

  /**
   * The codings of a header, best first; the same list object for the same header.
   *
   * @param header null when there is none: then the file itself is wanted
   */
  public List<String> of(@Nullable String header) {
    if (header == null) {
      return List.of();
    }
    List<String> known = kept.get(header);
    if (known != null) {
      return known;
    }
    List<String> codings = parse(header);
    if (kept.size() < MAX_KEPT && header.length() <= MAX_LENGTH) {
      kept.put(header, codings);
    }
    return codings;
  }

  /** Reads a header; what is malformed in it is passed over. */
  public static List<String> parse(String header) {
    int[] weights = {-1, -1, -1};
    int any = -1;
    int identity = -1;
    for (String item : header.split(",", 100)) {
      int semicolon = item.indexOf(';');
      String coding = (semicolon < 0 ? item : item.substring(0, semicolon)).strip();
      int weight = semicolon < 0 ? 1_000 : weight(item.substring(semicolon + 1));
      if (coding.equals("*")) {
        any = weight;
      } else if (coding.equalsIgnoreCase("identity")) {
        identity = weight;
      } else {
        int index =
            coding.equalsIgnoreCase("x-gzip")
                ? CODINGS.indexOf("gzip")
                : CODINGS.indexOf(coding.toLowerCase(Locale.ROOT));
        if (index >= 0) {
          weights[index] = weight;
        }
      }
    }
    List<String> codings = new ArrayList<>(3);
    List<Integer> order = new ArrayList<>(3);
    for (int i = 0; i < weights.length; i++) {
      int weight = weights[i] < 0 ? any : weights[i];
      // Someone who weighs the file itself higher gets the file itself.
      if (weight > 0 && weight >= identity) {
        int at = 0;
        while (at < order.size() && order.get(at) >= weight) {
          at++;
        }
        order.add(at, weight);
        codings.add(at, CODINGS.get(i));
      }
    }
    return List.copyOf(codings);
  }

  /** A weight in thousandths; 0 when malformed, so that nothing unwanted is sent. */
  private static int weight(String parameter) {
    String text = parameter.strip();
    if (!text.startsWith("q=") && !text.startsWith("Q=")) {
      return 1_000;
    }
    String number = text.substring(2);
    boolean digits = !number.isEmpty() && number.length() <= 5;
    for (int i = 0; i < number.length() && digits; i++) {
      char c = number.charAt(i);
      digits = i == 1 ? c == '.' : c >= '0' && c <= '9';
    }
    if (!digits || number.charAt(0) > '1') {
      return 0;
    }
    int thousandths = (number.charAt(0) - '0') * 1_000;
    for (int i = 2, unit = 100; i < number.length(); i++, unit /= 10) {
      thousandths += (number.charAt(i) - '0') * unit;
    }
    return Math.min(1_000, thousandths);
  }
}
