package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.AddOptOutRequest;
import dev.signalbox.contracts.ping.ListOptOutsReply;
import dev.signalbox.contracts.ping.ListOptOutsRequest;
import dev.signalbox.contracts.ping.OptOut;
import dev.signalbox.contracts.ping.RemoveOptOutReply;
import dev.signalbox.contracts.ping.RemoveOptOutRequest;
import dev.signalbox.storage.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Networks that asked not to be pinged. Blocks that are left out wholly are no tasks while they
 * are; of others the lease says what to leave out.
 */
final class OptOuts {

  /** Of the version at which it was read; replicas compare it with each lease. */
  private record Read(long version, Exclusions exclusions) {}

  private static final int SHORTEST = 8;

  private final LedgerSettings settings;
  private final String insert;
  private final String changed;
  private final String restore;
  private volatile Read read;

  OptOuts(LedgerSettings settings, Dialect dialect) {
    this.settings = settings;
    this.read = new Read(-1, Exclusions.of(settings.includeSpecialPurpose()));
    insert =
        dialect.sql(
            """
            INSERT INTO opt_out
              (network, first_address, last_address, requester, reason, source, created_at)
            VALUES (?, ?, ?, ?, ?, ?, COALESCE(?, {now})) ON CONFLICT (network, source) DO NOTHING\
            """);
    // Never a version again that a transaction had which was rolled back.
    changed = dialect.sql("UPDATE opt_out_version SET version = {greatest}(version + 1, {now})");
    restore =
        dialect.sql(
            """
            INSERT INTO task (task_index, copy, spread, status, updated_at)
            VALUES (?, 0, ?, 0, {now}) ON CONFLICT DO NOTHING\
            """);
  }

  /** What is left out now. */
  Exclusions exclusions(Session session) {
    return exclusions(session, version(session));
  }

  /** The version of the opt-outs, which grows with each change. */
  static long version(Session session) {
    return session
        .queryOne("SELECT version FROM opt_out_version", row -> row.getLong("version"))
        .orElseThrow();
  }

  /**
   * What is left out at a version.
   *
   * @param version the present one
   */
  Exclusions exclusions(Session session, long version) {
    Read last = read;
    if (last.version != version) {
      Exclusions.Builder builder = Exclusions.builder(settings.includeSpecialPurpose());
      session.scan(
          "SELECT first_address, last_address FROM opt_out",
          row -> {
            builder.leaveOut(
                new AddressRange(row.getLong("first_address"), row.getLong("last_address")));
            return true;
          });
      last = new Read(version, builder.build());
      read = last;
    }
    return last.exclusions;
  }

  OptOut add(Session session, AddOptOutRequest request) {
    AddressRange range = range(request.network());
    if (insert(session, range, request, OptOut.Source.API, null)) {
      changed(session, List.of(range), List.of());
    }
    return session
        .queryOne(
            "SELECT * FROM opt_out WHERE network = ? AND source = 'api'",
            OptOuts::optOut,
            range.network())
        .orElseThrow();
  }

  private static AddressRange range(String network) {
    return parse(network)
        .orElseThrow(() ->
            ServiceException.invalid(
                "/network",
                "must be an IPv4 network in CIDR notation, from /8 to /32, without bits beyond its"
                    + " prefix"));
  }

  /** Reads a network that may be left out; empty when it is none or too large. */
  static Optional<AddressRange> parse(String network) {
    return AddressRange.parse(network).filter(range -> range.length() >= SHORTEST);
  }

  private boolean insert(
      Session session,
      AddressRange range,
      AddOptOutRequest request,
      OptOut.Source source,
      @Nullable Long createdAt) {
    return session.update(
            insert,
            range.network(),
            range.first(),
            range.last(),
            request.requester(),
            request.reason(),
            source.name().toLowerCase(Locale.ROOT),
            createdAt)
        == 1;
  }

  /** What follows from opt-outs that are gone and from new ones. */
  private void changed(Session session, List<AddressRange> added, List<AddressRange> removed) {
    session.update(changed);
    restore(session, removed);
    withdraw(session, added);
    recount(session, Stream.concat(added.stream(), removed.stream()).toList());
  }

  /** Takes the blocks that opt-outs leave nothing of from the census, around some ranges. */
  void withdraw(Session session, List<AddressRange> ranges) {
    Exclusions exclusions = exclusions(session);
    ranges.stream()
        .flatMap(range -> exclusions.around(range).stream())
        .distinct()
        .forEach(leftOut -> withdrawBlocks(session, leftOut));
  }

  /** Takes the blocks that lie within from the census; what they were is noted. */
  private static void withdrawBlocks(Session session, AddressRange range) {
    int first = Math.toIntExact((range.first() + 0xffff) >> 16);
    int last = Math.toIntExact(((range.last() + 1) >> 16) - 1);
    if (first <= last) {
      session.update(
          """
          INSERT INTO left_out (task_index) SELECT task_index FROM task
          WHERE copy = 0 AND status <> 2 AND task_index BETWEEN ? AND ? ON CONFLICT DO NOTHING\
          """,
          first,
          last);
      session.update(
          "DELETE FROM task WHERE task_index BETWEEN ? AND ? AND (status <> 2 OR copy > 0)",
          first,
          last);
    }
  }

  /** A result whose count is another now. */
  private record Counted(int index, int copy, int answered) {}

  /** Counts those that answered anew, in the results of this round that meet some ranges. */
  private void recount(Session session, List<AddressRange> ranges) {
    BitSet blocks = blocks(ranges);
    Exclusions exclusions = exclusions(session);
    int round = Rounds.current(session);
    List<Counted> changes = new ArrayList<>();
    for (int first = blocks.nextSetBit(0); first >= 0; ) {
      int end = blocks.nextClearBit(first);
      session.scan(
          """
          SELECT task_index, copy, packing, data, answered FROM result
          WHERE round = ? AND task_index BETWEEN ? AND ? AND data IS NOT NULL\
          """,
          row -> {
            counted(row, exclusions).ifPresent(changes::add);
            return true;
          },
          round,
          first,
          end - 1);
      first = blocks.nextSetBit(end);
    }
    for (Counted counted : changes) {
      session.update(
          "UPDATE result SET answered = ? WHERE round = ? AND task_index = ? AND copy = ?",
          counted.answered,
          round,
          counted.index,
          counted.copy);
      if (counted.copy == 0) {
        session.update(
            "UPDATE task SET answered = ? WHERE task_index = ? AND copy = 0 AND status = 2",
            counted.answered,
            counted.index);
      }
    }
  }

  private static Optional<Counted> counted(ResultSet row, Exclusions exclusions)
      throws SQLException {
    Block block = new Block(row.getInt("task_index"));
    // The count that is stored may be from when an opt-out met the block that is gone.
    CensusResult stored = Rows.packed(row).unpack();
    int answered =
        exclusions.mask(block, CensusResult.of(stored.bitmap(), stored.rtt())).answered();
    return answered == row.getInt("answered")
        ? Optional.empty()
        : Optional.of(new Counted(block.index(), row.getInt("copy"), answered));
  }

  RemoveOptOutReply remove(Session session, RemoveOptOutRequest request) {
    OptOut optOut =
        session
            .queryOne("SELECT * FROM opt_out WHERE id = ?", OptOuts::optOut, request.id())
            .orElseThrow(() ->
                new ServiceException(ErrorCode.NOT_FOUND, "There is no opt-out " + request.id()));
    if (optOut.source() == OptOut.Source.FILE) {
      throw new ServiceException(
          ErrorCode.CONFLICT, "The opt-out is in the file ping.opt-out-file; remove it there");
    }
    delete(session, optOut);
    changed(session, List.of(), List.of(range(optOut.network())));
    return new RemoveOptOutReply(optOut.id());
  }

  private static void delete(Session session, OptOut optOut) {
    session.update("DELETE FROM opt_out WHERE id = ?", optOut.id());
  }

  /** Makes tasks of the blocks within some ranges that no opt-out covers now. */
  private void restore(Session session, List<AddressRange> ranges) {
    if (ranges.isEmpty()) {
      return;
    }
    Exclusions exclusions = exclusions(session);
    BitSet removed = blocks(ranges);
    for (int index :
        session.query(
            "SELECT task_index FROM left_out ORDER BY task_index",
            row -> row.getInt("task_index"))) {
      Block block = new Block(index);
      if (removed.get(index) && !exclusions.cover(AddressRange.of(block))) {
        session.update(restore, index, block.spread());
        session.update("DELETE FROM left_out WHERE task_index = ?", index);
      }
    }
  }

  private static BitSet blocks(List<AddressRange> ranges) {
    BitSet blocks = new BitSet(Block.COUNT);
    for (AddressRange range : ranges) {
      blocks.set(Block.at(range.first()).index(), Block.at(range.last()).index() + 1);
    }
    return blocks;
  }

  ListOptOutsReply list(Session session, ListOptOutsRequest request) {
    List<OptOut> found =
        session.query(
            "SELECT * FROM opt_out WHERE id > ? ORDER BY id LIMIT ?",
            OptOuts::optOut,
            request.after(),
            request.limit() + 1);
    boolean more = found.size() > request.limit();
    return new ListOptOutsReply(more ? found.subList(0, request.limit()) : found, more);
  }

  /** Makes what is stored of the file equal to what it says now. */
  int replaceFile(Session session, List<OptOutFile.Line> lines) {
    Map<String, OptOutFile.Line> wanted = new HashMap<>();
    lines.forEach(line -> wanted.putIfAbsent(line.range().network(), line));
    List<AddressRange> removed = new ArrayList<>();
    for (OptOut stored :
        session.query("SELECT * FROM opt_out WHERE source = 'file' ORDER BY id", OptOuts::optOut)) {
      if (wanted.remove(stored.network()) == null) {
        delete(session, stored);
        removed.add(range(stored.network()));
      }
    }
    List<AddressRange> added = new ArrayList<>();
    for (OptOutFile.Line line : wanted.values()) {
      insert(
          session,
          line.range(),
          new AddOptOutRequest(line.range().network(), line.requester(), line.reason()),
          OptOut.Source.FILE,
          line.epochMs());
      added.add(line.range());
    }
    if (!added.isEmpty() || !removed.isEmpty()) {
      changed(session, added, removed);
    }
    return added.size() + removed.size();
  }

  private static OptOut optOut(ResultSet row) throws SQLException {
    return new OptOut(
        row.getLong("id"),
        row.getString("network"),
        row.getString("requester"),
        row.getString("reason"),
        OptOut.Source.valueOf(row.getString("source").toUpperCase(Locale.ROOT)),
        row.getLong("created_at"));
  }
}
