package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ping.LookUpReply;
import dev.signalbox.contracts.ping.LookUpReply.Finding;
import dev.signalbox.contracts.ping.LookUpReply.TaskState;
import dev.signalbox.contracts.ping.LookUpRequest;
import dev.signalbox.contracts.ping.ReadResultReply;
import dev.signalbox.contracts.ping.ReadResultRequest;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.ping.map.BlockNames;
import dev.signalbox.storage.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What was found, without what is left out now. */
final class Results {

  /** As many as are worth a look; more are a call away, by their numbers. */
  private static final int MAX_ROUNDS = 20;

  /** Of results {@code r}, those that are shown: of the current round, of tasks that are done. */
  static final String SHOWN =
      """
       AND r.copy = 0 AND (r.round < (SELECT max(id) FROM round) OR EXISTS (
        SELECT 1 FROM task t
        WHERE t.task_index = r.task_index AND t.copy = 0 AND t.status = 2))
      """;

  private static final String STORED =
      "SELECT r.packing, r.data, r.answered FROM result r WHERE r.round = ? AND r.task_index = ?"
          + SHOWN;

  private static final String FOUND =
      "SELECT r.task_index, r.packing, r.data, r.answered, r.stored_at, r.confirmations"
          + " FROM result r WHERE r.round = ? AND r.task_index BETWEEN ? AND ?"
          + SHOWN;

  private static final String COUNTED =
      "SELECT r.task_index, r.answered, r.pinged, r.stored_at, r.confirmations"
          + " FROM result r WHERE r.round = ? AND r.task_index BETWEEN ? AND ?"
          + SHOWN;

  private static final String STATE =
      """
      SELECT t.status, t.share, t.updated_at, p.name FROM task t
      LEFT JOIN result r ON r.round = (SELECT max(id) FROM round)
        AND r.task_index = t.task_index AND r.copy = 0 AND t.status = 2
      LEFT JOIN participant p ON p.listed = 1
        AND p.id = CASE t.status WHEN 1 THEN t.participant WHEN 2 THEN r.participant END
      WHERE t.copy = 0 AND t.task_index = ?\
      """;

  private final LedgerSettings settings;
  private final OptOuts optOuts;
  private final BlockNames names = BlockNames.read();

  Results(LedgerSettings settings, OptOuts optOuts) {
    this.settings = settings;
    this.optOuts = optOuts;
  }

  ReadResultReply read(Session session, ReadResultRequest request) {
    Integer round = request.round();
    return stored(session, round == null ? Rounds.current(session) : round, request.index())
        .<ReadResultReply>map(packed -> {
          CensusResult result =
              optOuts.exclusions(session).mask(new Block(request.index()), packed.unpack());
          byte[] rtt = result.rtt();
          return new ReadResultReply.Stored(
              new Binary(result.bitmap()), rtt == null ? null : new Binary(rtt));
        })
        .orElseGet(ReadResultReply.Missing::new);
  }

  static Optional<PackedResult> stored(Session session, int round, int index) {
    return session.queryOne(STORED, Rows::packed, round, index);
  }

  LookUpReply lookUp(Session session, LookUpRequest request) {
    AddressRange range = AddressRange.of(request.address(), request.length());
    Exclusions exclusions = optOuts.exclusions(session);
    int first = Block.at(range.first()).index();
    int last = Block.at(range.last()).index();
    record Counts(int tasks, int done) {}
    Counts counts =
        session
            .queryOne(
                """
                SELECT count(*) AS tasks, count(CASE WHEN status = 2 THEN 1 END) AS done
                FROM task WHERE copy = 0 AND task_index BETWEEN ? AND ?\
                """,
                row -> new Counts(row.getInt("tasks"), row.getInt("done")),
                first,
                last)
            .orElseThrow();
    List<Finding> findings = new ArrayList<>();
    for (int round : newest(session)) {
      finding(session, round, range, exclusions).ifPresent(findings::add);
    }
    return new LookUpReply(
        range.network(),
        names.name(range.first(), range.length()),
        counts.tasks,
        counts.done,
        first == last ? state(session, first) : null,
        exclusion(range, exclusions),
        findings);
  }

  private static @Nullable TaskState state(Session session, int index) {
    return session
        .queryOne(
            STATE,
            row ->
                new TaskState(
                    TaskStatus.of(row.getInt("status")),
                    Rows.doubleOrNull(row, "share"),
                    row.getString("name"),
                    row.getLong("updated_at")),
            index)
        .orElse(null);
  }

  private @Nullable String exclusion(AddressRange range, Exclusions exclusions) {
    if (exclusions.cover(range)) {
      return "opt-out";
    }
    boolean special =
        !settings.includeSpecialPurpose()
            && blocks(range).allMatch(part -> SpecialPurposeBlocks.covers(part));
    return special ? "special-purpose" : null;
  }

  /** The parts of a range, block by block. */
  private static Stream<AddressRange> blocks(AddressRange range) {
    return IntStream.rangeClosed(Block.at(range.first()).index(), Block.at(range.last()).index())
        .mapToObj(Block::new)
        .map(AddressRange::of)
        .map(block -> range.size() < block.size() ? range : block);
  }

  private static List<Integer> newest(Session session) {
    return session.query(
        "SELECT id FROM round ORDER BY id DESC LIMIT ?", row -> row.getInt("id"), MAX_ROUNDS);
  }

  /** What one round found; empty when it found nothing out about the range. */
  private static Optional<Finding> finding(
      Session session, int round, AddressRange range, Exclusions exclusions) {
    Sum sum = new Sum(range);
    int first = Block.at(range.first()).index();
    int last = Block.at(range.last()).index();
    if (first == last) {
      session.scan(FOUND, row -> sum.add(found(row), exclusions), round, first, last);
    } else {
      List<Integer> masked = new ArrayList<>();
      session.scan(
          COUNTED,
          row -> {
            int index = row.getInt("task_index");
            if (exclusions.optOutsMeet(new Block(index))) {
              masked.add(index);
            } else {
              sum.add(
                  row.getInt("pinged"),
                  row.getInt("answered"),
                  row.getLong("stored_at"),
                  row.getInt("confirmations"));
            }
            return true;
          },
          round,
          first,
          last);
      for (int index : masked) {
        session.scan(FOUND, row -> sum.add(found(row), exclusions), round, index, index);
      }
    }
    return sum.finding(round);
  }

  private record Found(Block block, PackedResult packed, long storedAt, int confirmations) {}

  private static Found found(ResultSet row) throws SQLException {
    return new Found(
        new Block(row.getInt("task_index")),
        Rows.packed(row),
        row.getLong("stored_at"),
        row.getInt("confirmations"));
  }

  /** Adds up what the blocks of a range found. */
  private static final class Sum {

    private final AddressRange range;
    private final int[] codes = new int[256];
    private long pingedAt;
    private long pinged;
    private long answered;
    private int contributors = Integer.MAX_VALUE;

    Sum(AddressRange range) {
      this.range = range;
    }

    /** Adds what the counts of a block say, which know nothing of round-trip times. */
    void add(int pinged, int answered, long storedAt, int confirmations) {
      if (pinged > 0) {
        this.pinged += pinged;
        this.answered += answered;
        pingedAt = Math.max(pingedAt, storedAt);
        contributors = Math.min(contributors, 1 + confirmations);
      }
    }

    /** Adds what a block's result says of the range, without what is left out. */
    boolean add(Found found, Exclusions exclusions) {
      AddressRange all = AddressRange.of(found.block);
      AddressRange part = range.size() < all.size() ? range : all;
      CensusResult result = exclusions.mask(found.block, found.packed.unpack());
      byte[] rtt = result.rtt();
      int answering = 0;
      for (long address = part.first(); address <= part.last(); address++) {
        int place = (int) address & 0xffff;
        if ((result.bitmap()[place >> 3] & (0x80 >> (place & 7))) != 0) {
          answering++;
          codes[rtt == null ? 0 : rtt[place] & 0xff]++;
        }
      }
      add(exclusions.pinged(part), answering, found.storedAt, found.confirmations);
      return true;
    }

    Optional<Finding> finding(int round) {
      return pinged == 0
          ? Optional.empty()
          : Optional.of(new Finding(round, pingedAt, pinged, answered, median(), contributors));
    }

    /** Of one block or less; the data of many would have to be read for it. */
    private int median() {
      if (range.size() > CensusResult.ADDRESSES) {
        return 0;
      }
      long known = answered - codes[0];
      long seen = 0;
      for (int code = 1; code < codes.length; code++) {
        seen += codes[code];
        if (known > 0 && 2 * seen >= known) {
          return code;
        }
      }
      return 0;
    }
  }
}
