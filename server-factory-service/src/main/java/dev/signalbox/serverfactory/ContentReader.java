package dev.signalbox.serverfactory;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads what servers answer from storage, and holds memory for the text while something is done
 * with it: as much as the text took a moment before. Used from one event loop.
 */
final class ContentReader {

  private final ServerStore store;
  private final TextMemory texts;

  ContentReader(ServerStore store, TextMemory texts) {
    this.store = store;
    this.texts = texts;
  }

  /**
   * Reads the content of a server, and does something with it.
   *
   * @param work gets nothing when there is no such server
   * @return fails with OVERLOADED when too many texts are being read
   */
  <T> Future<T> read(String serverId, Function<Optional<ServerContent>, Future<T>> work) {
    return store
        .contentBytes(serverId)
        .compose(bytes -> texts.holding(bytes, () -> store.content(serverId).compose(work)));
  }

  /** The same, but waits until there is memory; not for those who hold memory of texts already. */
  <T> Future<T> readInTurn(String serverId, Function<Optional<ServerContent>, Future<T>> work) {
    return store
        .contentBytes(serverId)
        .compose(bytes -> texts.holdingInTurn(bytes, () -> store.content(serverId).compose(work)));
  }
}
