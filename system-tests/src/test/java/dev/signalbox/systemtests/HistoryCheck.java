package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.systemtests.LoadClient.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;

/** Compares what clients were told with what is there. */
final class HistoryCheck {

  private static final Duration PATIENCE = Duration.ofSeconds(70);

  private final Fleet fleet;
  private final History history;
  private final Map<String, Integer> stored = new HashMap<>();
  private final Set<Integer> uploadsSeen = new HashSet<>();
  private final Set<Integer> resultsSeen = new HashSet<>();
  private final Map<Integer, Boolean> leasedTwiceSeen = new HashMap<>();
  private final Set<String> reported = new HashSet<>();
  private long after;

  HistoryCheck(Fleet fleet, History history) {
    this.fleet = fleet;
    this.history = history;
  }

  /** What is not as it was told. */
  static final class Findings {

    private final Map<Capability, Integer> lost = new EnumMap<>(Capability.class);
    private final Map<Capability, Integer> doubled = new EnumMap<>(Capability.class);
    private final Map<Capability, Integer> wrong = new EnumMap<>(Capability.class);
    private final java.util.List<String> notes = new java.util.ArrayList<>();

    int lost(Capability capability) {
      return lost.getOrDefault(capability, 0);
    }

    int doubled(Capability capability) {
      return doubled.getOrDefault(capability, 0);
    }

    int wrong(Capability capability) {
      return wrong.getOrDefault(capability, 0);
    }

    List<String> notes() {
      return notes;
    }

    private void add(Map<Capability, Integer> kind, Capability capability, String note) {
      kind.merge(capability, 1, Integer::sum);
      if (notes.size() < 20) {
        notes.add(capability + ": " + note);
      }
    }
  }

  /** Looks at everything that was acknowledged and not looked at before; no load may be on. */
  Findings look() {
    Findings findings = new Findings();
    codes(findings);
    messages(findings);
    uploads(findings);
    results(findings);
    servers(findings);
    return findings;
  }

  /** Looks at everything again. */
  Findings lookAgain() {
    stored.clear();
    uploadsSeen.clear();
    resultsSeen.clear();
    after = 0;
    return look();
  }

  /** Asks until there is an answer that is no error of the moment. */
  private Reply ask(Request request) {
    Reply[] reply = new Reply[1];
    Awaitility.await("an answer to " + request.path())
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> {
          FleetMember gateway = fleet.balanced().getFirst();
          try (RawConnection connection =
              RawConnection.to(gateway.address, FleetMember.DOOR, PATIENCE)) {
            reply[0] =
                Http.request(
                    connection,
                    request.method(),
                    request.path(),
                    request.body(),
                    request.headers().toArray(String[]::new));
            return reply[0].status() < 500 && reply[0].status() != 429;
          } catch (IOException | UncheckedIOException again) {
            return false;
          }
        });
    return reply[0];
  }

  private boolean isNew(String finding) {
    return reported.add(finding);
  }

  private void codes(Findings findings) {
    history.codes.entrySet().stream()
        .limit(200)
        .forEach(entry -> {
          String body = "{\"uuid\":\"" + entry.getKey() + "\"}";
          String code = ask(Request.json("/api/v1/codes", body)).json().path("unique").asText();
          if (!code.equals(entry.getValue()) && isNew("code " + entry.getKey())) {
            findings.add(
                findings.wrong,
                Capability.CODES,
                entry.getKey() + " had the code " + entry.getValue() + " and now has " + code);
          }
        });
  }

  private void messages(Findings findings) {
    while (true) {
      JsonNode items =
          ask(Request.get("/api/v1/messages?limit=1000&after=" + after)).json().path("items");
      if (items.isEmpty()) {
        break;
      }
      for (JsonNode item : items) {
        after = Math.max(after, item.path("id").asLong());
        stored.merge(item.path("text").asText(), 1, Integer::sum);
      }
    }
    for (String text : history.messages) {
      if (!stored.containsKey(text) && isNew("lost " + text)) {
        findings.add(findings.lost, Capability.MESSAGES, "'" + text + "' is lost");
      }
    }
    stored.forEach((text, times) -> {
      if (times > 1 && isNew("doubled " + text)) {
        findings.add(
            findings.doubled, Capability.MESSAGES, "'" + text + "' is there " + times + " times");
      }
    });
    JsonNode chain = ask(Request.get("/api/v1/messages/verify")).json();
    if ((!chain.path("intact").asBoolean()
            || chain.path("messages").asInt() != stored.values().stream().mapToInt(n -> n).sum())
        && isNew("chain")) {
      findings.add(findings.wrong, Capability.MESSAGES, "the chain is not whole: " + chain);
    }
  }

  private void uploads(Findings findings) {
    for (int number : history.uploads.keySet()) {
      if (!uploadsSeen.add(number)) {
        continue;
      }
      Reply reply = ask(Request.get(History.uploadPath(number)));
      if (reply.status() == 404 && isNew("upload " + number)) {
        findings.add(findings.lost, Capability.FILES, "upload " + number + " is lost");
      } else if (!reply.text().equals(Pressure.content(number)) && isNew("upload " + number)) {
        findings.add(
            findings.wrong, Capability.FILES, "upload " + number + " is another: " + reply);
      }
    }
  }

  private void results(Findings findings) {
    for (int task : history.leasedTwice) {
      if (leasedTwiceSeen.putIfAbsent(task, true) == null) {
        findings.add(findings.doubled, Capability.CENSUS, "task " + task + " was given out twice");
      }
    }
    history.results.forEach((task, number) -> {
      if (!resultsSeen.add(task)) {
        return;
      }
      Reply reply =
          ask(
              Request.get(
                  "/api/v1/census/tasks/" + task + "/result", "Accept: application/octet-stream"));
      if (reply.status() == 404 && isNew("result " + task)) {
        findings.add(findings.lost, Capability.CENSUS, "the result of " + task + " is lost");
      } else if (!Arrays.equals(reply.body(), History.bitmap(number)) && isNew("result " + task)) {
        findings.add(findings.wrong, Capability.CENSUS, "the result of " + task + " is another");
      }
    });
  }

  private void servers(Findings findings) {
    List<String> listed =
        ask(Request.get("/api/v1/servers?limit=1000"))
            .json()
            .path("items")
            .findValuesAsText("server_id");
    for (String id : history.servers.keySet()) {
      if (!listed.contains(id) && isNew("server " + id)) {
        findings.add(findings.lost, Capability.SERVERS, "server " + id + " is lost");
      }
    }
    for (String id : history.stopped) {
      if (listed.contains(id) && isNew("stopped " + id)) {
        findings.add(findings.wrong, Capability.SERVERS, "server " + id + " was stopped and runs");
      }
    }
    for (String id : listed) {
      if (!history.servers.containsKey(id)) {
        // Started or stopped without an answer: it may be there, and is in the way.
        ask(Request.delete("/api/v1/servers/" + id));
      }
    }
  }
}
