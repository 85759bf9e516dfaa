package dev.signalbox.file.tree;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A content coding in which a file may lie beside itself, compressed beforehand. */
public enum Coding {
  /** Brotli (RFC 7932). */
  BR("br", "br"),
  /** Zstandard (RFC 8878). */
  ZSTD("zstd", "zst"),
  /** gzip (RFC 1952). */
  GZIP("gzip", "gz");

  private final String token;
  private final String ending;

  Coding(String token, String ending) {
    this.token = token;
    this.ending = ending;
  }

  /** Its name in {@code Content-Encoding}. */
  public String token() {
    return token;
  }

  /** The ending of the sibling's name, without the dot. */
  public String ending() {
    return ending;
  }

  /** The coding of a name; null when it is not one of these. */
  public static @Nullable Coding of(String token) {
    return switch (token) {
      case "br" -> BR;
      case "zstd" -> ZSTD;
      case "gzip", "x-gzip" -> GZIP;
      default -> null;
    };
  }

  /** The codings of these that are known, in the same order, each once. */
  static List<Coding> known(List<String> tokens) {
    List<Coding> codings = new ArrayList<>(3);
    for (String token : tokens) {
      Coding coding = of(token);
      if (coding != null && !codings.contains(coding)) {
        codings.add(coding);
      }
    }
    return codings;
  }
}
