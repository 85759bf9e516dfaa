package dev.signalbox.platform.token;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of callers, one a line: {@code ROLE:TOKEN}, or the digest of a token or of a client
 * certificate with a name as words {@code key=value}. Blank lines and lines that begin with {@code
 * #} are skipped.
 */
public final class TokensFile {

  /** The largest file. */
  public static final int MAX_BYTES = 1 << 20;

  /** The most lines with a token or certificate: each request is compared with all tokens. */
  public static final int MAX_TOKENS = 1_000;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private TokensFile() {}

  /**
   * The text of a file.
   *
   * @throws IOException with the rule that the file breaks
   */
  public static String text(Path file) throws IOException {
    // Before it is opened: opening a pipe waits for somebody who writes to it.
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException("must be a regular file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new IOException("must be a readable file: there is none", e);
    } catch (IOException e) {
      throw new IOException("must be a readable file: " + e.getClass().getSimpleName(), e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException("must be a file of at most " + MAX_BYTES + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("must be a file of UTF-8 text", e);
    }
  }

  /**
   * The tokens of a file's text, in its order.
   *
   * @throws IllegalArgumentException with the line and the rule that it breaks, without its content
   */
  public static List<TokenEntry> parse(String text) {
    List<TokenEntry> tokens = new ArrayList<>();
    Map<String, Integer> names = new HashMap<>();
    Map<String, Integer> digests = new HashMap<>();
    List<String> lines = lines(text);
    for (int number = 1; number <= lines.size(); number++) {
      TokenEntry token;
      try {
        token = token(lines.get(number - 1));
      } catch (IllegalArgumentException e) {
        throw broken(number, e.getMessage());
      }
      if (token == null) {
        continue;
      }
      Integer sameName = token.name() == null ? null : names.putIfAbsent(token.name(), number);
      if (sameName != null) {
        throw broken(number, "name must not be that of line " + sameName);
      }
      Integer sameToken = digests.putIfAbsent(token.sha256(), number);
      // Two plain lines give a token two roles. With a name they may contradict each other.
      if (sameToken != null && (token.name() != null || names.containsValue(sameToken))) {
        throw broken(
            number, "must not have the " + token.credential().label() + " of line " + sameToken);
      }
      tokens.add(token);
      if (tokens.size() > MAX_TOKENS) {
        throw broken(number, "must not be there: a file may have " + MAX_TOKENS + " tokens");
      }
    }
    return List.copyOf(tokens);
  }

  private static IllegalArgumentException broken(int line, @Nullable String rule) {
    return new IllegalArgumentException("line " + line + ": " + rule);
  }

  /** The lines of a text without their ends and without a byte order mark. */
  private static List<String> lines(String text) {
    boolean marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
    return (marked ? text.substring(1) : text).lines().toList();
  }

  /**
   * The token of a line; null for a line without one.
   *
   * @throws IllegalArgumentException with the rule that the line breaks
   */
  public static @Nullable TokenEntry token(String line) {
    String stripped = line.strip();
    return stripped.isEmpty() || stripped.startsWith("#") ? null : TokenEntry.parse(stripped);
  }
}
