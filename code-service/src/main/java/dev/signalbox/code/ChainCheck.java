package dev.signalbox.code;

import dev.signalbox.contracts.code.VerifyMessagesReply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Walks along the chain, message by message, up to a head that was read before. */
final class ChainCheck {

  private final long headId;
  private final ChainHash headHash;
  private long position = Long.MIN_VALUE;
  private long checked;
  private ChainHash last = ChainHash.START;
  private @Nullable Long firstBreak;

  ChainCheck(long headId, ChainHash headHash) {
    this.headId = headId;
    this.headHash = headHash;
  }

  /** Id of the last message looked at; lower than any before the first. */
  long position() {
    return position;
  }

  /**
   * Looks at the next messages.
   *
   * @return whether there is reason to go on
   */
  boolean accept(List<Message> messages) {
    for (Message message : messages) {
      if (checked == headId) {
        return false; // stored since the head was read
      }
      if (message.id() != checked + 1 || !message.follows(last)) {
        firstBreak = checked + 1;
        return false;
      }
      checked++;
      last = message.hash();
      position = message.id();
    }
    return checked < headId;
  }

  /**
   * What was found.
   *
   * @param lastId the highest id there was when the head was read
   */
  VerifyMessagesReply result(long lastId) {
    if (firstBreak == null && checked < headId) {
      firstBreak = checked + 1; // the end is cut off
    } else if (firstBreak == null && !last.equals(headHash)) {
      firstBreak = Math.max(1, checked); // rewritten from somewhere up to the end
    } else if (firstBreak == null && lastId > headId) {
      firstBreak = headId + 1; // appended past the service
    }
    return new VerifyMessagesReply(firstBreak == null, checked, last.hex(), firstBreak);
  }
}
