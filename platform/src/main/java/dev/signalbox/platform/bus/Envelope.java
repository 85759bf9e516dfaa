package dev.signalbox.platform.bus;

import dev.signalbox.contracts.ServiceException;
import org.jspecify.annotations.Nullable;

/** What the event bus carries: a message with its call, or a fault. */
sealed interface Envelope {

  /** A message of this process; passes by reference. */
  record Local(@Nullable Call call, Class<?> type, Object message) implements Envelope {}

  /** A message in its form on the wire: one that came and is not yet decoded, or one to send. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared, only handed on.
  record Remote(@Nullable Call call, byte[] json, byte[] binary) implements Envelope {}

  /** A fault, from either side. */
  record Fault(ServiceException exception) implements Envelope {}
}
