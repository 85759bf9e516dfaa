package dev.signalbox.ping.map;

import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that the map needs of the ledger. */
public interface MapStorage {

  /** Status of a block that is no task of the census, or left out whole. */
  int OUTSIDE = 4;

  /**
   * A block of the census.
   *
   * @param index its /16, 0 to 65535
   * @param status code of its task's status, or {@link #OUTSIDE}
   * @param updatedAt when it last changed, milliseconds since 1970-01-01 UTC
   * @param bitmap which addresses answered, 8,192 bytes, without what is left out; null unless done
   *     and asked for
   */
  @SuppressWarnings("ArrayRecordComponent")
  record StoredBlock(int index, int status, long updatedAt, byte @Nullable [] bitmap) {}

  /** A place in the order of changes. */
  record Cursor(long updatedAt, int index) {}

  /**
   * Blocks from one index to another, the end left out, in the order of their indices; those that
   * are no task are not among them.
   */
  Future<List<StoredBlock>> blocks(int from, int end);

  /** Some blocks; those that are no task are not among them. */
  Future<List<StoredBlock>> blocks(List<Integer> indices);

  /** At most so many blocks that changed after a place, oldest change first, without bitmaps. */
  Future<List<StoredBlock>> changedAfter(Cursor cursor, int limit);

  /**
   * The time before which all changes are visible to every query from now on; later ones may still
   * come, though newer ones have.
   */
  Future<Long> horizon();

  /**
   * What all blocks have in common.
   *
   * @param round the current round
   * @param leftOut another number whenever blocks have come or gone, or other addresses are left
   *     out
   */
  record Edition(int round, long leftOut) {}

  /** The present edition: in another one any block may be another. */
  Future<Edition> edition();
}
