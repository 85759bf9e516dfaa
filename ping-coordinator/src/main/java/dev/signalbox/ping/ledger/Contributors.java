package dev.signalbox.ping.ledger;

import dev.signalbox.contracts.Sha256;
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

  /** No page of the leaderboard lies beyond. */
  private static final int MAX_RANKED = 1_010_001;

  /** Tasks and addresses of all rounds; a refuted result is gone from both. */
  private static final String RANKING =
      """
      WITH earned AS (
        SELECT participant, count(*) AS tasks, sum(pinged) AS addresses FROM result
        WHERE round = (SELECT max(id) FROM round) AND participant IS NOT NULL
        GROUP BY participant
        UNION ALL SELECT participant, tasks, addresses FROM credit),
      total AS (
        SELECT participant, sum(tasks) AS tasks, sum(addresses) AS addresses FROM earned
        GROUP BY participant)
      SELECT p.id, COALESCE(t.tasks, 0) AS tasks, COALESCE(t.addresses, 0) AS addresses
      FROM participant p LEFT JOIN total t ON t.participant = p.id
      WHERE p.listed = 1 ORDER BY addresses DESC, p.id LIMIT ?\
      """;

  private static final String PARTICIPANT =
      """
      SELECT p.id, p.name, p.team, p.listed, p.key_hash, p.created_at, p.last_seen FROM participant p
      """;

  private static final String BY_ID = PARTICIPANT + "WHERE p.id = ?";
  private static final String BY_NAME = PARTICIPANT + "WHERE p.name_key = ?";
  private static final String BY_KEY = PARTICIPANT + "WHERE p.key_hash = ?";

  private static final String EARNED =
      """
      SELECT COALESCE(sum(tasks), 0) AS tasks, COALESCE(sum(addresses), 0) AS addresses FROM (
        SELECT count(*) AS tasks, sum(pinged) AS addresses FROM result
        WHERE round = (SELECT max(id) FROM round) AND participant = ?
        UNION ALL SELECT tasks, addresses FROM credit
        WHERE participant = ? AND round IN (SELECT id FROM round)) AS earned\
      """;

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
      long lastSeen) {

    static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getLong("id"),
          row.getString("name"),
          row.getString("team"),
          row.getInt("listed") == 1,
          row.getBytes("key_hash"),
          row.getLong("created_at"),
          row.getLong("last_seen"));
    }
  }

  /** What a participant has earned. */
  record Standing(long id, int tasks, long addresses) {

    private static Standing of(long id, ResultSet row) throws SQLException {
      return new Standing(id, row.getInt("tasks"), row.getLong("addresses"));
    }

    private boolean isAheadOf(Standing other) {
      return id != other.id
          && (addresses > other.addresses || (addresses == other.addresses && id < other.id));
    }
  }

  /** All who want to be on the leaderboard, best first: takes as long as there are results. */
  List<Standing> ranking(Session session) {
    return session.query(RANKING, row -> Standing.of(row.getLong("id"), row), MAX_RANKED);
  }

  /** A page of a ranking, without those who have left it. */
  ListContributorsReply list(
      Session session, List<Standing> ranking, ListContributorsRequest request) {
    List<Contributor> contributors = new ArrayList<>();
    int end = Math.min(ranking.size(), request.after() + request.limit());
    for (int i = request.after(); i < end; i++) {
      Standing standing = ranking.get(i);
      int rank = i + 1;
      session
          .queryOne(BY_ID, Row::of, standing.id)
          .filter(Row::listed)
          .ifPresent(row -> contributors.add(contributor(session, row, standing, rank)));
    }
    return new ListContributorsReply(contributors, end < ranking.size());
  }

  GetContributorReply get(Session session, List<Standing> ranking, GetContributorRequest request) {
    String name = request.name();
    String key = request.key();
    Optional<Row> found =
        name != null
            ? session.queryOne(BY_NAME, Row::of, Participants.nameKey(name))
            : key != null
                ? session.queryOne(BY_KEY, Row::of, (Object) Sha256.of(key))
                : Optional.empty();
    return found
        .filter(row -> row.listed || (key != null && LeaseToken.matches(key, row.keyHash)))
        .<GetContributorReply>map(row -> shown(session, ranking, row))
        .orElseGet(GetContributorReply.Unknown::new);
  }

  GetContributorReply change(
      Session session, List<Standing> ranking, ChangeContributorRequest request) {
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
    return get(session, ranking, new GetContributorRequest(request.name(), request.key()));
  }

  private GetContributorReply.Found shown(Session session, List<Standing> ranking, Row row) {
    Standing own =
        session
            .queryOne(EARNED, earned -> Standing.of(row.id, earned), row.id, row.id)
            .orElseThrow();
    Integer rank =
        row.listed
            ? 1 + (int) ranking.stream().filter(other -> other.isAheadOf(own)).count()
            : null;
    return new GetContributorReply.Found(
        contributor(session, row, own, rank),
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

  private Contributor contributor(
      Session session, Row row, Standing standing, @Nullable Integer rank) {
    Track track = Checks.trackOf(session, row.id);
    return new Contributor(
        row.name,
        row.team,
        row.listed,
        rank,
        standing.tasks,
        standing.addresses,
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
