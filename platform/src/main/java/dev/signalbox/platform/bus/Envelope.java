package dev.signalbox.platform.bus;

import dev.signalbox.contracts.ServiceException;
import org.jspecify.annotations.Nullable;

/** What the event bus carries: a message with its call, or a fault. */
sealed interface Envelope {

  /** A message of this process; passes by reference. */
  record Local(@Nullable Call call, Class<?> type, Object message) implements Envelope {}

  /** A message that came over the wire, not yet decoded. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, only handed on.
  record Remote(Call call, byte[] json, byte[] binary) implements Envelope {}

  /** A fault, from either side. */
  record Fault(ServiceException exception) implements Envelope {}
}
