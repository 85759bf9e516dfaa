package dev.signalbox.code;

import dev.signalbox.contracts.code.VerifyMessagesReply;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
  private final Map<Long, String> earlier = new HashMap<>();

  /**
   * @param sizes lengths of earlier states, whose heads are to be kept
   */
  ChainCheck(long headId, ChainHash headHash, Set<Long> sizes) {
    this.headId = headId;
    this.headHash = headHash;
    sizes.forEach(size -> earlier.put(size, size == 0 ? ChainHash.START.hex() : ""));
  }

  /** How many messages were good. */
  long checked() {
    return checked;
  }

  /** Hash of the message that was last in an earlier state; empty when the chain is shorter. */
  String headOf(long size) {
    return earlier.getOrDefault(size, "");
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
      if (earlier.containsKey(id)) {
        earlier.put(id, ChainHash.of(hash).hex());
      }
      ended = checked == headId;
    }
    return !ended;
  }

  /**
   * What was found; nothing is said of an earlier state.
   *
   * @param lastId the highest id there was when the head was read
   */
  VerifyMessagesReply result(long lastId, VerifyMessagesReply.LogFile file) {
    ChainHash end = ChainHash.of(last);
    if (firstBreak == null && checked < headId) {
      firstBreak = checked + 1; // the end is cut off
    } else if (firstBreak == null && !end.equals(headHash)) {
      firstBreak = Math.max(1, checked); // rewritten from somewhere up to the end
    } else if (firstBreak == null && lastId > headId) {
      firstBreak = headId + 1; // appended past the service
    }
    return new VerifyMessagesReply(firstBreak == null, checked, end.hex(), firstBreak, null, file);
  }
}
