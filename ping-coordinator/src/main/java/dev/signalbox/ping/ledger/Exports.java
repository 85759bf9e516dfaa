package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.CompareRoundsReply;
import dev.signalbox.contracts.ping.CompareRoundsRequest;
import dev.signalbox.contracts.ping.ReadBlocksReply;
import dev.signalbox.contracts.ping.ReadBlocksRequest;
import dev.signalbox.contracts.ping.SummariseRoundReply;
import dev.signalbox.contracts.ping.SummariseRoundReply.Summary;
import dev.signalbox.contracts.ping.SummariseRoundReply.Unknown;
import dev.signalbox.contracts.ping.SummariseRoundRequest;
import dev.signalbox.storage.Session;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a round found as a whole, slice by slice, without what is left out now. */
final class Exports {

  private static final String SUMMARY =
      "SELECT r.task_index, r.answered, r.stored_at FROM result r WHERE r.round = ?"
          + Results.SHOWN;

  private static final String BLOCKS =
      "SELECT r.task_index, r.packing, r.data, r.answered FROM result r"
          + " WHERE r.round = ? AND r.task_index BETWEEN ? AND ?"
          + Results.SHOWN;

  private static final String PAIRS =
      "SELECT r.task_index, e.packing AS packing_before, e.data AS data_before,"
          + " e.answered AS answered_before, r.packing, r.data, r.answered"
          + " FROM result r JOIN result e"
          + " ON e.round = ? AND e.task_index = r.task_index AND e.copy = 0"
          + " WHERE r.round = ? AND r.task_index BETWEEN ? AND ?"
          + Results.SHOWN
          + " ORDER BY r.task_index";

  private final OptOuts optOuts;

  Exports(OptOuts optOuts) {
    this.optOuts = optOuts;
  }

  SummariseRoundReply summary(Session session, SummariseRoundRequest request) {
    Integer asked = request.round();
    int round = asked == null ? Rounds.current(session) : asked;
    Optional<Long> started =
        session.queryOne(
            "SELECT started_at FROM round WHERE id = ?", row -> row.getLong("started_at"), round);
    if (started.isEmpty()) {
      return new Unknown();
    }
    long optOutVersion = OptOuts.version(session);
    Exclusions exclusions = optOuts.exclusions(session, optOutVersion);
    Sum sum = new Sum(started.get());
    session.scan(
        SUMMARY,
        row -> {
          sum.add(row);
          return true;
        },
        round);
    for (int index : sum.present(exclusions)) {
      Results.stored(session, round, index)
          .ifPresent(packed ->
              sum.replace(index, exclusions.mask(new Block(index), packed.unpack()).answered()));
    }
    return new Summary(
        round,
        Long.toHexString(sum.hash) + "-" + Long.toHexString(optOutVersion),
        sum.newest,
        new Binary(sum.answered.array()));
  }

  /** Adds up the blocks of a round. */
  private static final class Sum {

    private final ByteBuffer answered = ByteBuffer.allocate(Block.COUNT * Integer.BYTES);
    private long newest;
    private long hash;

    Sum(long startedAt) {
      newest = startedAt;
      for (int i = 0; i < Block.COUNT; i++) {
        answered.putInt(i * Integer.BYTES, SummariseRoundReply.NONE);
      }
    }

    void add(ResultSet row) throws SQLException {
      int index = row.getInt("task_index");
      long storedAt = row.getLong("stored_at");
      if (index < Block.COUNT) {
        answered.putInt(index * Integer.BYTES, row.getInt("answered"));
        newest = Math.max(newest, storedAt);
        // The same whatever the order; a result that is replaced has another time.
        hash += Long.hashCode(storedAt * 0x9e3779b97f4a7c15L + index) * 0x9e3779b97f4a7c15L;
      }
    }

    /** Blocks with a result of which something is left out now. */
    List<Integer> present(Exclusions exclusions) {
      List<Integer> found = new ArrayList<>();
      for (int i = 0; i < Block.COUNT; i++) {
        if (answered.getInt(i * Integer.BYTES) > 0 && exclusions.optOutsMeet(new Block(i))) {
          found.add(i);
        }
      }
      return found;
    }

    void replace(int index, int count) {
      answered.putInt(index * Integer.BYTES, count);
    }
  }

  ReadBlocksReply blocks(Session session, ReadBlocksRequest request) {
    Exclusions exclusions = optOuts.exclusions(session);
    byte[] bitmaps = new byte[request.count() * CensusResult.BITMAP_BYTES];
    byte[] rtt = request.rtt() ? new byte[request.count() * CensusResult.ADDRESSES] : null;
    session.scan(
        BLOCKS,
        row -> {
          Block block = new Block(row.getInt("task_index"));
          int place = block.index() - request.first();
          CensusResult result = exclusions.mask(block, Rows.packed(row).unpack());
          System.arraycopy(
              result.bitmap(),
              0,
              bitmaps,
              place * CensusResult.BITMAP_BYTES,
              CensusResult.BITMAP_BYTES);
          byte[] codes = result.rtt();
          if (rtt != null && codes != null) {
            System.arraycopy(codes, 0, rtt, place * CensusResult.ADDRESSES, CensusResult.ADDRESSES);
          }
          return true;
        },
        request.round(),
        request.first(),
        request.first() + request.count() - 1);
    return new ReadBlocksReply(new Binary(bitmaps), rtt == null ? null : new Binary(rtt));
  }

  CompareRoundsReply compare(Session session, CompareRoundsRequest request) {
    Exclusions exclusions = optOuts.exclusions(session);
    List<CompareRoundsReply.Block> blocks = new ArrayList<>();
    session.scan(
        PAIRS,
        row -> {
          Block block = new Block(row.getInt("task_index"));
          byte[] before = exclusions.mask(block, Rows.packed(row, "_before").unpack()).bitmap();
          byte[] after = exclusions.mask(block, Rows.packed(row).unpack()).bitmap();
          int appeared = 0;
          int vanished = 0;
          int stayed = 0;
          for (int i = 0; i < after.length; i++) {
            appeared += Integer.bitCount(after[i] & ~before[i] & 0xff);
            vanished += Integer.bitCount(before[i] & ~after[i] & 0xff);
            stayed += Integer.bitCount(before[i] & after[i] & 0xff);
          }
          blocks.add(new CompareRoundsReply.Block(block.index(), appeared, vanished, stayed));
          return true;
        },
        request.earlier(),
        request.later(),
        request.first(),
        request.first() + request.count() - 1);
    return new CompareRoundsReply(blocks);
  }
}
