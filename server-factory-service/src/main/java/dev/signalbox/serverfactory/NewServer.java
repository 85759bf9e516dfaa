package dev.signalbox.serverfactory;

import dev.signalbox.contracts.Requester;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.serverfactory.definition.Page;
import org.jspecify.annotations.Nullable;

/**
 * A server that was asked for, read and checked.
 *
 * @param request as it came
 * @param content as it is to be stored, revision 0
 * @param loaded the same, ready to serve
 */
record NewServer(StartServerRequest request, ServerContent content, LoadedDefinition loaded) {

  int port() {
    return request.port();
  }

  @Nullable String pageUri() {
    Page page = content.page();
    return page == null ? null : page.uri();
  }

  @Nullable String idempotencyKey() {
    return request.idempotencyKey();
  }

  @Nullable String name() {
    return loaded.definition().name();
  }

  /** The token that makes it; null without one. */
  @Nullable Requester requester() {
    return request.requester();
  }

  /** Seconds after which it ends; null for never. */
  @Nullable Long expiresInS() {
    return loaded.definition().expiresInS();
  }

  int routes() {
    return loaded.definition().routes().size();
  }

  boolean tls() {
    return loaded.definition().tls() != null;
  }

  /** Nothing that may hold a private key. */
  @Override
  public String toString() {
    return "NewServer[port=" + port() + ", routes=" + routes() + "]";
  }
}
