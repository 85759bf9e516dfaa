package dev.signalbox.gateway.access;

import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokensFile;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/**
 * Where the tokens come from.
 *
 * @param off whether no request needs a token, whatever tokens there are
 * @param tokens each {@code role:token}
 * @param file of more tokens; empty for none
 */
public record AccessSettings(boolean off, List<String> tokens, String file) {

  public AccessSettings {
    tokens = List.copyOf(tokens);
  }

  /** Adds what is wrong with the tokens and with the file, without any token. */
  public void check(ConfigProblems problems) {
    List<TokenEntry> listed = List.of();
    try {
      listed = Access.parse(tokens);
    } catch (IllegalArgumentException e) {
      problems.check(false, "tokens", String.valueOf(e.getMessage()));
    }
    try {
      Access.of(listed, TokensFile.parse(text()), InstantSource.system());
    } catch (IllegalArgumentException e) {
      problems.check(false, "tokens-file", file + ": " + e.getMessage());
    } catch (IOException e) {
      problems.check(false, "tokens-file", file + " " + e.getMessage());
    }
  }

  private String text() throws IOException {
    try {
      return file.isEmpty() ? "" : TokensFile.text(Path.of(file));
    } catch (InvalidPathException e) {
      throw new IOException("must be the name of a file", e);
    }
  }

  /** Whether requests need a token: a file that has none yet is no reason to let everybody in. */
  private boolean required() {
    return !off && !(tokens.isEmpty() && file.isEmpty());
  }

  /** The tokens as they are now; changes of the file are not seen before it is watched. */
  public Source load() {
    if (!required()) {
      return new Source(Access.open(), "", "");
    }
    try {
      String text = text();
      return new Source(
          Access.of(Access.parse(tokens), TokensFile.parse(text), InstantSource.system()),
          file,
          text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What was loaded.
   *
   * @param file that is watched; empty for none
   * @param text of the file
   */
  public record Source(Access access, String file, String text) {

    /** Takes changes of the file into use until the calling verticle stops. */
    public void watch(Vertx vertx) {
      if (!file.isEmpty()) {
        TokensWatch.start(vertx, Path.of(file), text, access);
      }
    }
  }
}
