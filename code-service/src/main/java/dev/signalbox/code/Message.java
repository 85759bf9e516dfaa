package dev.signalbox.code;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signalbox.contracts.code.StoredMessage;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A message of the log.
 *
 * @param id its position, from 1
 * @param uuid whose it is
 * @param text as it was sent
 * @param storedAtMs when, milliseconds since 1970-01-01 UTC
 * @param hash its link in the chain
 */
record Message(long id, String uuid, String text, long storedAtMs, ChainHash hash) {

  /** The columns {@link #of} reads, in its order. */
  static final String COLUMNS = "id, uuid, text, stored_at, hash";

  static Message of(ResultSet row) throws SQLException {
    return new Message(
        row.getLong(1),
        row.getString(2),
        new String(row.getBytes(3), UTF_8),
        row.getLong(4),
        ChainHash.of(row.getBytes(5)));
  }

  StoredMessage toContract() {
    return new StoredMessage(id, uuid, text, storedAtMs, hash.hex());
  }
}
