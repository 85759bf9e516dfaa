package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.ping.ChangeContributorRequest;
import dev.signalbox.contracts.ping.Contributor;
import dev.signalbox.contracts.ping.GetContributorReply;
import dev.signalbox.contracts.ping.GetContributorReply.Comparison;
import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.ListContributorsReply;
import dev.signalbox.contracts.ping.ListContributorsRequest;
import dev.signalbox.storage.Session;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What contributors have done, as it is shown. */
final class Contributors {

  private static final int MAX_COMPARISONS = 100;
  private static final int MAX_STREAK = 10_000;
  private static final long DAY_MS = Duration.ofDays(1).toMillis();

  /** Tasks and addresses of all rounds; a refuted result is gone from both. */
  private static final String EARNED =
      """
      WITH earned AS (
        SELECT participant, count(*) AS tasks, sum(pinged) AS addresses FROM result
        WHERE round = (SELECT max(id) FROM round) AND participant IS NOT NULL
        GROUP BY participant
        UNION ALL SELECT participant, tasks, addresses FROM credit),
      total AS (
        SELECT participant, sum(tasks) AS tasks, sum(addresses) AS addresses FROM earned
        GROUP BY participant)
      SELECT p.id, p.name, p.team, p.listed, p.key_hash, p.created_at, p.last_seen,
        COALESCE(t.tasks, 0) AS tasks, COALESCE(t.addresses, 0) AS addresses
      FROM participant p LEFT JOIN total t ON t.participant = p.id
      """;

  private static final String LEADERS =
      EARNED + "WHERE p.listed = 1 ORDER BY addresses DESC, p.id LIMIT ? OFFSET ?";

  private static final String BY_NAME = EARNED + "WHERE p.name_key = ?";
  private static final String BY_KEY = EARNED + "WHERE p.key_hash = ?";

  private static final String AHEAD =
      "SELECT count(*) AS n FROM ("
          + EARNED
          + "WHERE p.listed = 1) AS leader WHERE addresses > ? OR (addresses = ? AND id < ?)";

  private final InstantSource clock;

  /**
   * @param clock the time of day, which says whether a streak goes on
   */
  Contributors(InstantSource clock) {
    this.clock = clock;
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Row(
      long id,
      String name,
      @Nullable String team,
      boolean listed,
      byte @Nullable [] keyHash,
      long createdAt,
      long lastSeen,
      int tasks,
      long addresses) {

    static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getLong("id"),
          row.getString("name"),
          row.getString("team"),
          row.getInt("listed") == 1,
          row.getBytes("key_hash"),
          row.getLong("created_at"),
          row.getLong("last_seen"),
          row.getInt("tasks"),
          row.getLong("addresses"));
    }
  }

  ListContributorsReply list(Session session, ListContributorsRequest request) {
    List<Row> rows = session.query(LEADERS, Row::of, request.limit() + 1, request.after());
    List<Contributor> contributors = new ArrayList<>();
    for (Row row : rows.subList(0, Math.min(rows.size(), request.limit()))) {
      contributors.add(contributor(session, row, request.after() + contributors.size() + 1));
    }
    return new ListContributorsReply(contributors, rows.size() > request.limit());
  }

  GetContributorReply get(Session session, GetContributorRequest request) {
    String name = request.name();
    String key = request.key();
    Optional<Row> found =
        name != null
            ? session.queryOne(BY_NAME, Row::of, Participants.nameKey(name))
            : key != null
                ? session.queryOne(BY_KEY, Row::of, (Object) LeaseToken.sha256(key))
                : Optional.empty();
    return found
        .filter(row -> row.listed || (key != null && LeaseToken.matches(key, row.keyHash)))
        .<GetContributorReply>map(row -> shown(session, row))
        .orElseGet(GetContributorReply.Unknown::new);
  }

  GetContributorReply change(Session session, ChangeContributorRequest request) {
    Optional<Row> found =
        session
            .queryOne(BY_NAME, Row::of, Participants.nameKey(request.name()))
            .filter(row -> LeaseToken.matches(request.key(), row.keyHash));
    if (found.isEmpty()) {
      return new GetContributorReply.Unknown();
    }
    Boolean listed = request.listed();
    session.update(
        """
        UPDATE participant SET team = NULLIF(COALESCE(?, team), ''), listed = COALESCE(?, listed)
        WHERE id = ?\
        """,
        request.team(),
        listed == null ? null : listed ? 1 : 0,
        found.get().id);
    return get(session, new GetContributorRequest(request.name(), request.key()));
  }

  private GetContributorReply.Found shown(Session session, Row row) {
    Integer rank =
        row.listed
            ? 1
                + session
                    .queryOne(
                        AHEAD, ahead -> ahead.getInt("n"), row.addresses, row.addresses, row.id)
                    .orElseThrow()
            : null;
    return new GetContributorReply.Found(
        contributor(session, row, rank),
        session.query(
            """
            SELECT round, task_index, agreed, differing, answering, compared_at FROM comparison
            WHERE participant = ? ORDER BY id DESC LIMIT ?\
            """,
            compared ->
                new Comparison(
                    compared.getInt("round"),
                    compared.getInt("task_index"),
                    compared.getInt("agreed") == 1,
                    compared.getInt("differing"),
                    compared.getInt("answering"),
                    compared.getLong("compared_at")),
            row.id,
            MAX_COMPARISONS));
  }

  private Contributor contributor(Session session, Row row, @Nullable Integer rank) {
    Track track = Checks.trackOf(session, row.id);
    return new Contributor(
        row.name,
        row.team,
        row.listed,
        rank,
        row.tasks,
        row.addresses,
        track.agreed(),
        track.disagreed(),
        track.standing(),
        streak(session, row.id),
        row.createdAt,
        row.lastSeen);
  }

  /** A day without results ends a streak, but today may still bring some. */
  private int streak(Session session, long participant) {
    long today = clock.millis() / DAY_MS;
    int[] days = new int[1];
    long[] lastDay = new long[1];
    session.scan(
        "SELECT day FROM activity WHERE participant = ? ORDER BY day DESC LIMIT ?",
        row -> {
          long day = row.getLong("day");
          boolean goesOn = days[0] == 0 ? day >= today - 1 : day == lastDay[0] - 1;
          if (goesOn) {
            days[0]++;
            lastDay[0] = day;
          }
          return goesOn;
        },
        participant,
        MAX_STREAK);
    return days[0];
  }
}
