package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.contracts.ping.LeaseTasksRequest;
import dev.signalbox.storage.Session;
import java.text.Normalizer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who takes part: contributors, who have a name and prove it with a key, and the workers of one
 * address without either.
 */
final class Participants {

  private static final String UNKNOWN = "unknown";
  private static final long SEEN_AGAIN_MS = Duration.ofMinutes(1).toMillis();
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  /** Notes that results of a participant came today; nothing when the participant is null. */
  static final String ACTIVE =
      "INSERT INTO activity (participant, day) SELECT who.id, {now} / "
          + DAY_MS
          + " FROM (SELECT CAST(? AS BIGINT) AS id) AS who WHERE who.id IS NOT NULL"
          + " ON CONFLICT DO NOTHING";

  private final ContributorRules rules;
  private final String byName;
  private final String holdByName;
  private final String holdByAddress;
  private final String addName;
  private final String addAddress;
  private final String countNames;
  private final String seen;
  private final String active;

  Participants(ContributorRules rules, Dialect dialect) {
    this.rules = rules;
    String found =
        "SELECT id, key_hash, CASE WHEN last_seen < {now} - ? THEN 1 ELSE 0 END AS stale"
            + " FROM participant WHERE ";
    byName = dialect.sql(found + "name_key = ?");
    holdByName = dialect.sql(found + "name_key = ?{lock}");
    holdByAddress = dialect.sql(found + "address = ?{lock}");
    addName =
        dialect.sql(
            """
            INSERT INTO participant
              (name, name_key, key_hash, team, listed, created_at, created_from, last_seen)
            VALUES (?, ?, ?, ?, ?, {now}, ?, {now}) ON CONFLICT DO NOTHING RETURNING id\
            """);
    addAddress =
        dialect.sql(
            """
            INSERT INTO participant (address, created_at, last_seen) VALUES (?, {now}, {now})
            ON CONFLICT (address) DO UPDATE SET last_seen = excluded.last_seen RETURNING id\
            """);
    countNames =
        dialect.sql(
            """
            SELECT count(*) AS names FROM participant
            WHERE created_from = ? AND created_at > {now} - ?\
            """);
    seen =
        dialect.sql(
            """
            UPDATE participant SET last_seen = {now}, team = COALESCE(?, team),
              listed = COALESCE(?, listed)
            WHERE id = ?\
            """);
    active = dialect.sql(ACTIVE);
  }

  /** Who asks for work. */
  sealed interface Identity {

    /**
     * A participant who may hold tasks.
     *
     * @param id in storage
     * @param maxLeased how many tasks they may hold
     * @param newKey the key of a name that was new; null otherwise
     */
    record Known(long id, int maxLeased, @Nullable String newKey) implements Identity {}

    record WrongKey() implements Identity {}

    record TooManyNames() implements Identity {}
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Row(long id, byte @Nullable [] keyHash, boolean stale) {}

  /**
   * What the rows that {@link #identify} locks are known by: leases that are asked for together
   * must lock them in one order. Without a key a request locks nothing but its address.
   */
  static String lockKey(LeaseTasksRequest request) {
    String name = request.contributor();
    return name == null || request.contributorKey() == null
        ? "2 address " + address(request.client())
        : "2 name " + nameKey(name);
  }

  /**
   * Finds or registers the caller. A known participant stays locked until the transaction ends, so
   * that its tasks are counted and more are leased in one step, whatever other replicas do.
   */
  Identity identify(Session session, LeaseTasksRequest request) {
    String address = address(request.client());
    String name = request.contributor();
    return name == null
        ? new Identity.Known(idOfAddress(session, address), rules.maxLeasedPerAddress(), null)
        : named(session, request, name, address);
  }

  private long idOfAddress(Session session, String address) {
    Optional<Row> row = find(session, holdByAddress, address);
    return row.isPresent() && !row.get().stale
        ? row.get().id
        : session.queryOne(addAddress, added -> added.getLong("id"), address).orElseThrow();
  }

  private Identity named(Session session, LeaseTasksRequest request, String name, String address) {
    String key = request.contributorKey();
    Optional<Row> found = find(session, key == null ? byName : holdByName, nameKey(name));
    if (found.isEmpty()) {
      return register(session, request, name, address);
    }
    Row row = found.get();
    if (key == null || !LeaseToken.matches(key, row.keyHash)) {
      return new Identity.WrongKey();
    }
    if (row.stale || request.team() != null || request.listed() != null) {
      session.update(seen, request.team(), number(request.listed()), row.id);
    }
    return new Identity.Known(row.id, rules.maxLeased(), null);
  }

  /** A name is had for nothing, so an address has few a day: or credit could be bought by many. */
  private Identity register(
      Session session, LeaseTasksRequest request, String name, String address) {
    holdAddress(session, address);
    int names =
        session.queryOne(countNames, row -> row.getInt("names"), address, DAY_MS).orElseThrow();
    if (names >= rules.newNamesPerAddress()) {
      return new Identity.TooManyNames();
    }
    String key = LeaseToken.secret();
    Optional<Long> id =
        session.queryOne(
            addName,
            row -> row.getLong("id"),
            name,
            nameKey(name),
            Sha256.of(key),
            request.team(),
            Boolean.TRUE.equals(request.listed()) ? 1 : 0,
            address);
    // Another replica registers the same name: the second request has no key for it.
    return id.isPresent()
        ? new Identity.Known(id.get(), rules.maxLeased(), key)
        : new Identity.WrongKey();
  }

  /** Has other replicas wait that count the names of the same address; it may have no row. */
  private static void holdAddress(Session session, String address) {
    switch (session.engine()) {
      case POSTGRESQL ->
          session.query(
              "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", row -> address, address);
      case SQLITE -> {} // has one writer at a time
    }
  }

  private static Optional<Row> find(Session session, String sql, String key) {
    return session.queryOne(
        sql,
        row -> new Row(row.getLong("id"), row.getBytes("key_hash"), row.getInt("stale") == 1),
        SEEN_AGAIN_MS,
        key);
  }

  /** Notes that results came today. */
  void active(Session session, @Nullable Long participant) {
    session.update(active, participant);
  }

  private static @Nullable Integer number(@Nullable Boolean value) {
    return value == null ? null : value ? 1 : 0;
  }

  /** What two names must not share: names with the same key look alike to a reader. */
  static String nameKey(String name) {
    return Normalizer.normalize(name, Normalizer.Form.NFKC).strip().toLowerCase(Locale.ROOT);
  }

  /** An IPv4 address, or the /64 of an IPv6 address, for one host has all addresses of that. */
  static String address(@Nullable String client) {
    return client == null ? UNKNOWN : IpLiteral.host(client);
  }
}
