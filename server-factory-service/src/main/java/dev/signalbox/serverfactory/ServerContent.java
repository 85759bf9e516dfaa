package dev.signalbox.serverfactory;

import dev.signalbox.serverfactory.definition.Page;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a server answers, as storage has it.
 *
 * @param page its page; null when it has none
 * @param definition JSON text of an object; null for a page alone. It may hold a private key: not
 *     to be shown or logged
 * @param notes what an import did not understand
 * @param revision counts its changes
 */
record ServerContent(
    @Nullable Page page, @Nullable String definition, List<String> notes, long revision) {

  /** Its fields but the definition, which may hold a private key. */
  @Override
  public String toString() {
    return "ServerContent[revision=" + revision + "]";
  }
}
