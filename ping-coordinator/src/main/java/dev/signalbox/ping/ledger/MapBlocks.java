package dev.signalbox.ping.ledger;

import dev.signalbox.ping.ledger.PackedResult.Packing;
import dev.signalbox.ping.map.MapStorage;
import dev.signalbox.storage.Database;
import io.vertx.core.Future;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The blocks of the current round, as the map shows them. */
final class MapBlocks implements MapStorage {

  private final Database database;
  private final OptOuts optOuts;
  private final CommitHorizon horizon;

  MapBlocks(Database database, OptOuts optOuts, Dialect dialect) {
    this.database = database;
    this.optOuts = optOuts;
    this.horizon = new CommitHorizon(dialect);
  }

  private static final String BLOCKS =
      """
      SELECT t.task_index, t.status, t.updated_at, r.packing, r.data, r.answered
      FROM task t LEFT JOIN result r ON r.round = (SELECT max(id) FROM round)
        AND r.task_index = t.task_index AND r.copy = 0 AND t.status = 2
      WHERE t.copy = 0 AND t.task_index >= ? AND t.task_index < ? ORDER BY t.task_index\
      """;

  @Override
  public Future<List<StoredBlock>> blocks(int from, int end) {
    return database.read(session -> {
      Exclusions exclusions = optOuts.exclusions(session);
      return session.query(BLOCKS, row -> block(row, exclusions), from, end);
    });
  }

  @Override
  public Future<List<StoredBlock>> blocks(List<Integer> indices) {
    return database.read(session -> {
      Exclusions exclusions = optOuts.exclusions(session);
      List<StoredBlock> found = new ArrayList<>(indices.size());
      for (int index : indices) {
        session
            .queryOne(BLOCKS, row -> block(row, exclusions), index, index + 1)
            .ifPresent(found::add);
      }
      return found;
    });
  }

  private static StoredBlock block(ResultSet row, Exclusions exclusions) throws SQLException {
    int index = row.getInt("task_index");
    byte[] data = row.getBytes("data");
    byte[] bitmap = null;
    if (data != null) {
      PackedResult packed =
          new PackedResult(Packing.of(row.getInt("packing")), data, row.getInt("answered"));
      bitmap = exclusions.mask(new Block(index), packed.unpack()).bitmap();
    }
    // Of a block that is left out whole nothing is shown, not even that it was pinged once.
    boolean leftOut = exclusions.cover(AddressRange.of(new Block(index)));
    return new StoredBlock(
        index,
        leftOut ? OUTSIDE : row.getInt("status"),
        row.getLong("updated_at"),
        leftOut ? null : bitmap);
  }

  @Override
  public Future<List<StoredBlock>> changedAfter(Cursor cursor, int limit) {
    return database.read(session ->
        session.query(
            """
            SELECT task_index, status, updated_at FROM task
            WHERE copy = 0 AND (updated_at, task_index) > (?, ?) AND task_index < 65536
            ORDER BY updated_at, task_index LIMIT ?\
            """,
            row ->
                new StoredBlock(
                    row.getInt("task_index"),
                    row.getInt("status"),
                    row.getLong("updated_at"),
                    null),
            cursor.updatedAt(),
            cursor.index(),
            limit));
  }

  @Override
  public Future<Long> horizon() {
    return database.read(horizon::of);
  }

  @Override
  public Future<Edition> edition() {
    return database.read(session -> new Edition(Rounds.current(session), OptOuts.version(session)));
  }
}
