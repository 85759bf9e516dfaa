package dev.signalbox.gateway.access;

import dev.signalbox.platform.node.FileWatch;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokensFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes changes of the file of tokens into use without a restart. While the file cannot be read or
 * has an error, the tokens stay what they were.
 */
public final class TokensWatch {

  private static final Logger LOG = LoggerFactory.getLogger(TokensWatch.class);

  private static final long PERIOD_MS = 1_000;

  private final Path file;
  private final Access access;

  private TokensWatch(Path file, Access access) {
    this.file = file;
    this.access = access;
  }

  /** What a look sees: the text of the file, or why there is none. */
  private record Look(boolean readable, String text) {

    static Look at(Path file) {
      try {
        return new Look(true, TokensFile.text(file));
      } catch (IOException e) {
        return new Look(false, String.valueOf(e.getMessage()));
      }
    }
  }

  /**
   * Watches until the calling verticle stops.
   *
   * @param text what the tokens of {@code access} were read from
   */
  public static void start(Vertx vertx, Path file, String text, Access access) {
    TokensWatch watch = new TokensWatch(file, access);
    FileWatch.start(
        vertx, new Look(true, text), () -> Look.at(file), watch::load, watch::keep, PERIOD_MS);
  }

  private Future<Void> load(Look look) {
    if (!look.readable) {
      return Future.failedFuture(look.text);
    }
    List<TokenEntry> tokens = TokensFile.parse(look.text);
    access.replace(tokens);
    LOG.info("{} reloaded, tokens: {}", file, tokens.size());
    return Future.succeededFuture();
  }

  private void keep(Throwable cause) {
    String reason = String.valueOf(cause.getMessage());
    access.keep(reason);
    LOG.warn("cannot load gateway.tokens-file {}; keeping the tokens: {}", file, reason);
  }
}
