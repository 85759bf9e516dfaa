package dev.signalbox.cli.token;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.client.Style;
import dev.signalbox.cli.client.Table;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokenEntry.Credential;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tokens and certificates as they are listed: neither tokens nor their digests. The digest of a
 * certificate is no secret.
 *
 * @param clock tells which have expired
 */
record TokenListing(InstantSource clock) {

  List<String> table(List<TokenEntry> tokens) {
    Table table =
        new Table(
            "NAME",
            "ROLE",
            "CREDENTIAL",
            "EXPIRES",
            "PER MINUTE",
            "TASKS A DAY",
            "SERVERS",
            "STATE");
    for (TokenEntry token : tokens) {
      table.row(
          token.name() == null ? "-" : token.name(),
          token.role(),
          token.credential().label(),
          token.expires() == null ? "never" : token.expires().toString(),
          limit(token.limits().requestsPerMinute()),
          limit(token.limits().tasksPerDay()),
          limit(token.limits().serversAtOnce()),
          state(token));
    }
    return table.lines(Style.PLAIN, (_, text) -> text);
  }

  ObjectNode document(TokenEntry token) {
    return ClientJson.mapper()
        .createObjectNode()
        .put("name", token.name())
        .put("role", token.role())
        .put("credential", token.credential().label())
        .put(
            "certificate_sha256",
            token.credential() == Credential.CERTIFICATE ? token.sha256() : null)
        .put("expires_at", text(token.expires()))
        .put("requests_per_minute", limitOrNull(token.limits().requestsPerMinute()))
        .put("tasks_per_day", limitOrNull(token.limits().tasksPerDay()))
        .put("servers_at_once", limitOrNull(token.limits().serversAtOnce()))
        .put("state", state(token));
  }

  private String state(TokenEntry token) {
    Instant end = token.expires();
    return end == null || clock.instant().isBefore(end) ? "valid" : "expired";
  }

  private static String limit(int number) {
    return number == 0 ? "-" : Integer.toString(number);
  }

  private static @Nullable Integer limitOrNull(int number) {
    return number == 0 ? null : number;
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
