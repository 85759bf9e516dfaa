package dev.signalbox.code;

import dev.signalbox.contracts.code.GetCheckpointReply;
import dev.signalbox.platform.trace.TraceContext;
import dev.signalbox.storage.Database;
import dev.signalbox.storage.Session;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Signs checkpoints with the key in the database, which all replicas share and which the first of
 * them makes.
 */
final class CheckpointSigner {

  private record Head(long id, ChainHash hash) {}

  private final Database database;
  private final InstantSource clock;

  CheckpointSigner(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /** The same signer for the work of one request, whose trace this is; null when not traced. */
  CheckpointSigner traced(@Nullable TraceContext trace) {
    return trace == null ? this : new CheckpointSigner(database.traced(trace), clock);
  }

  /** How the log stands now. */
  Future<GetCheckpointReply> checkpoint() {
    return database
        .read(session -> key(session).map(key -> sign(session, key)))
        .compose(signed ->
            signed
                .map(Future::succeededFuture)
                .orElseGet(() ->
                    database
                        .writeRepeatable(CheckpointSigner::ensureKey)
                        .compose(key -> database.read(session -> sign(session, key)))));
  }

  /** The key that is stored; of two replicas that make one at once the database keeps one. */
  private static Checkpoint.Key ensureKey(Session session) {
    Checkpoint.Key made = Checkpoint.Key.random();
    session.update(
        "INSERT INTO checkpoint_key (one, private_key, public_key) VALUES (1, ?, ?)"
            + " ON CONFLICT DO NOTHING",
        made.privateKey(),
        made.publicKey());
    return key(session).orElseThrow(() -> new IllegalStateException("no key was stored"));
  }

  private static Optional<Checkpoint.Key> key(Session session) {
    return session.queryOne(
        "SELECT private_key, public_key FROM checkpoint_key WHERE one = 1",
        row -> new Checkpoint.Key(row.getBytes(1), row.getBytes(2)));
  }

  private GetCheckpointReply sign(Session session, Checkpoint.Key key) {
    Head head =
        session
            .queryOne(
                "SELECT id, hash FROM message_head WHERE one = 1",
                row -> new Head(row.getLong(1), ChainHash.of(row.getBytes(2))))
            .orElseThrow(() -> new IllegalStateException("the message log has no head"));
    return Checkpoint.sign(key, head.id, head.hash, clock.millis());
  }
}
