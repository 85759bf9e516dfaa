package dev.signalbox.code;

import dev.signalbox.contracts.code.VerifyMessagesReply;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks along the chain, message by message, up to a head that was read before. Takes what it needs
 * straight from the rows: a log has millions of them.
 */
final class ChainCheck {

  private final long headId;
  private final ChainHash headHash;
  private final ChainDigest digest = new ChainDigest();
  private long position = Long.MIN_VALUE;
  private long checked;
  private byte[] last = ChainHash.START.bytes();
  private boolean ended;
  private @Nullable Long firstBreak;

  ChainCheck(long headId, ChainHash headHash) {
    this.headId = headId;
    this.headHash = headHash;
  }

  /** Id of the last message looked at; lower than any before the first. */
  long position() {
    return position;
  }

  /** Whether there is no reason to go on. */
  boolean ended() {
    return ended;
  }

  /**
   * Looks at the next message.
   *
   * @param row with the columns {@link Message#COLUMNS}
   * @return whether there is reason to go on
   */
  boolean accept(ResultSet row) throws SQLException {
    long id = row.getLong(1);
    byte[] hash = row.getBytes(5);
    if (checked == headId) {
      ended = true; // this one was stored since the head was read
    } else if (id != checked + 1
        || !Arrays.equals(
            hash, digest.next(last, id, row.getBytes(2), row.getBytes(3), row.getLong(4)))) {
      firstBreak = checked + 1;
      ended = true;
    } else {
      checked++;
      last = hash;
      position = id;
      ended = checked == headId;
    }
    return !ended;
  }

  /**
   * What was found.
   *
   * @param lastId the highest id there was when the head was read
   */
  VerifyMessagesReply result(long lastId) {
    ChainHash end = ChainHash.of(last);
    if (firstBreak == null && checked < headId) {
      firstBreak = checked + 1; // the end is cut off
    } else if (firstBreak == null && !end.equals(headHash)) {
      firstBreak = Math.max(1, checked); // rewritten from somewhere up to the end
    } else if (firstBreak == null && lastId > headId) {
      firstBreak = headId + 1; // appended past the service
    }
    return new VerifyMessagesReply(firstBreak == null, checked, end.hex(), firstBreak);
  }
}
