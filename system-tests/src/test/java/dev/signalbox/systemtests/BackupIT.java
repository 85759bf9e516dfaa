package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.testsupport.FileTree;
import dev.signalbox.testsupport.FreePorts;
import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A backup made by the page's commands while clients write, restored by the page's commands: what
 * was acknowledged before it is there, byte for byte, and what is there the original had too.
 */
@ParameterizedClass
@EnumSource(BackupKit.Engine.class)
@LongTest
class BackupIT {

  private static final int ENOUGH = 40;
  private static final String UUID = "uuid of \u00fc \u202e \ud83d\ude82";
  private static final String CHANGING = "/api/v1/files/changing.txt";

  /** Texts that a log line, a shell, SQL, a dump or a decoder could misread. */
  private static final List<String> HOSTILE =
      List.of(
          "'; DROP TABLE message; --",
          "a\u0000b\tc\r\nd\u001b[31m\u007f",
          "\\.\n\\N\n\\connect postgres",
          "$(touch harm) `touch harm` \"quoted\" 'quoted'",
          "\u202eright to left\u2028\u00fc\ud83d\ude82\ufeff",
          "9\tid\t2026-01-01T00:00:00.000Z\n# follows message 3 00",
          " ".repeat(1_000));

  private static final List<String> HOSTILE_PATHS =
      List.of("a%20b/c%23d.txt", "%C3%BC/%F0%9F%9A%82.txt", "-rf/--force.txt", "quote%27%22.txt");

  @Parameter private BackupKit.Engine engine;

  private static BackupKit kit;
  private static Acknowledged before;
  private static Acknowledged all;
  private static Contents original;
  private static OneProcess system;
  private static Contents restored;
  private static String code;
  private static JsonNode lease;
  private static List<Integer> ports;

  @BeforeParameterizedClassInvocation
  static void saveUnderLoadAndRestore(BackupKit.Engine engine) throws InterruptedException {
    kit = BackupKit.of(engine);
    all = new Acknowledged();
    try (OneProcess first = kit.startOriginal()) {
      fill(first.doors());
      Pressure pressure = new Pressure(first.doors(), all);
      AtomicBoolean saved = new AtomicBoolean();
      Load changes = new Load();
      pressure.on();
      changes.run(() -> changeOneFile(first.doors().main(), saved));
      first.process().await("to acknowledge enough", () -> all.enough(ENOUGH));
      before = all.copy();

      kit.paste(engine.backup, first.doors());

      Acknowledged after = all.copy();
      first
          .process()
          .await("to acknowledge more", () -> all.messages.size() > after.messages.size() + ENOUGH);
      saved.set(true);
      pressure.awaitOff();
      changes.awaitAll();
      original = Contents.of(first.doors().main());
      first.process().stop();
    }
    kit.paste(engine.restore, new Doors(0, 0, 0, 0));
    system = kit.startRestored();
    restored = Contents.of(main());
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    if (system != null) {
      system.close();
      system = null;
    }
    if (kit != null) {
      kit.close();
      kit = null;
    }
  }

  private static int main() {
    return system.doors().main();
  }

  private static String json(String template, Object... texts) {
    Object[] quoted = new Object[texts.length];
    for (int i = 0; i < texts.length; i++) {
      quoted[i] = Reply.quote(texts[i].toString());
    }
    return template.formatted(quoted);
  }

  private static Reply issue(int main, String uuid) {
    return Http.post(main, "/api/v1/codes", json("{\"uuid\":%s}", uuid));
  }

  private static Reply store(int main, String uuid, String unique, String text, String key) {
    return Http.send(
        main,
        "POST",
        "/api/v1/messages",
        json("{\"uuid\":%s,\"unique\":%s,\"text\":%s}", uuid, unique, text),
        "Content-Type: application/json",
        "Idempotency-Key: " + key);
  }

  private static JsonNode done(Reply reply, int status) {
    assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
    return reply.json();
  }

  private static void fill(Doors doors) {
    int main = doors.main();
    code = done(issue(main, UUID), 201).path("unique").asText();
    all.codes.put(UUID, code);
    for (int i = 0; i < HOSTILE.size(); i++) {
      done(store(main, UUID, code, HOSTILE.get(i), "before-" + i), 201);
    }
    for (String path : HOSTILE_PATHS) {
      done(Http.send(main, "PUT", "/api/v1/files/" + path, "of " + path), 201);
    }
    done(Http.send(main, "PUT", CHANGING, Pressure.content(0)), 201);
    ports = List.of(FreePorts.next(), FreePorts.next());
    done(Http.post(main, "/api/v1/servers", server(ports.get(0), "restored-one")), 201);
    done(Http.post(main, "/api/v1/servers", server(ports.get(1), "restored-two")), 201);
    lease =
        done(Http.post(main, "/api/v1/census/leases", "{\"worker\":\"kept\",\"count\":1}"), 201);
  }

  private static String server(int port, String name) {
    return """
    {"port":%d,"name":"%s","routes":[
      {"match":{"path":"/text"},"response":{"body":%s}},
      {"match":{"method":"POST","path_pattern":"/orders/{id}"},"response":
        {"status":201,"headers":{"x-name":"%s"},"template":true,"json":{"id":"{{path.id}}"}}}]}\
    """
        .formatted(port, name, Reply.quote(HOSTILE.get(4)), name);
  }

  private static void changeOneFile(int main, AtomicBoolean end) {
    for (int i = 1; !end.get(); i++) {
      done(Http.send(main, "PUT", CHANGING, Pressure.content(i)), 200);
    }
  }

  @Test
  void givenARestore_whenMessagesAreListed_thenTheyAreTheFirstOfTheOriginalWithAllFromBefore() {
    int count = restored.messages().size();
    List<String> texts =
        restored.messages().stream().map(message -> message.path("text").asText()).toList();

    assertThat(restored.messages())
        .as("with ids, uuids, times and hashes, on %s", engine)
        .isEqualTo(original.messages().subList(0, count));
    assertThat(texts).startsWith(HOSTILE.toArray(String[]::new)).containsAll(before.messages);
    assertThat(count).as("what came after is not there").isLessThan(original.messages().size());
    assertThat(restored.messages().stream().map(message -> message.path("id").asInt()))
        .isEqualTo(IntStream.rangeClosed(1, count).boxed().toList());
  }

  @Test
  void givenARestore_whenThePageChecksIt_thenChainFileAndCheckpointAreWhole() {
    assertThat(kit.paste("check", system.doors()))
        .containsPattern("intact +\\d+ messages")
        .containsPattern("intact +\\d+ lines")
        .contains("\"consistent\":true");
  }

  @Test
  void givenARestore_whenCodesFromBeforeAreAskedFor_thenTheyAreTheSame() {
    before.codes.forEach((uuid, known) -> {
      JsonNode again = issue(main(), uuid).json();
      assertThat(again.path("unique").asText()).as(uuid).isEqualTo(known);
      assertThat(again.path("created").asBoolean()).as(uuid).isFalse();
    });
  }

  @Test
  void givenARestore_whenFilesAreRead_thenAllFromBeforeAreThereAndNoneIsHalf() {
    Map<String, String> others = new TreeMap<>(restored.files());
    String changing = others.remove("/changing.txt");

    assertThat(Pressure.whole(changing)).as(changing).isTrue();
    assertThat(original.files()).containsAllEntriesOf(others);
    assertThat(others).containsAllEntriesOf(before.uploads);
    assertThat(others.values())
        .containsAll(HOSTILE_PATHS.stream().map(path -> "of " + path).toList());
    assertThat(FileTree.files(kit.directory.resolve("restored/files")))
        .as("files and the lock beside them; nothing of uploads under way")
        .hasSize(restored.files().size() + 1);
  }

  @Test
  void givenARestore_whenTheCensusIsRead_thenResultsAndCountsBelongToEachOther() {
    assertThat(original.results()).containsAllEntriesOf(restored.results());
    assertThat(restored.results().keySet()).containsAll(before.results.keySet());
    assertThat(restored.results())
        .allSatisfy(
            (index, bits) -> assertThat(bits).isEqualTo(Contents.bytes(Pressure.bitmap(index))));
    JsonNode progress = restored.progress();
    assertThat(progress.path("done_tasks").asInt()).isEqualTo(restored.results().size());
    assertThat(progress.path("total_tasks")).isEqualTo(original.progress().path("total_tasks"));
    assertThat(progress.path("answered_addresses").asInt())
        .isEqualTo(restored.results().keySet().stream().mapToInt(index -> 1 + index % 8).sum());
  }

  @Test
  void givenARestore_whenALeaseFromBeforeIsUsed_thenItsResultIsTaken() {
    int index = lease.path("tasks").get(0).path("task_index").asInt();

    Reply taken = Pressure.submit(main(), index, lease.path("token").asText());

    assertThat(taken.status()).as(taken.toString()).isBetween(200, 204);
  }

  @Test
  void givenARestore_whenServersOnDemandAreCalled_thenTheyAnswerAsBefore() {
    assertThat(restored.servers()).hasSize(2).isEqualTo(original.servers());
    for (int port : ports) {
      system.process().await("to listen at " + port, () -> !FreePorts.free(port));
      assertThat(Http.get(port, "/text").text()).isEqualTo(HOSTILE.get(4));
      Reply made = Http.send(port, "POST", "/orders/7", "");
      assertThat(made.status()).isEqualTo(201);
      assertThat(made.header("x-name")).startsWith("restored-");
      assertThat(made.json().path("id").asText()).isEqualTo("7");
    }
  }

  @Test
  void givenARestore_whenClientsGoOn_thenIdsFollowAndNoCodeIsGivenTwice() {
    int count = Acknowledged.messages(main()).size();

    JsonNode issued = done(issue(main(), "new after the restore"), 201);
    String unique = issued.path("unique").asText();
    JsonNode stored = done(store(main(), "new after the restore", unique, "new", "new"), 201);
    JsonNode repeated = store(main(), UUID, code, HOSTILE.getFirst(), "before-0").json();

    assertThat(all.codes.values()).doesNotContain(unique);
    assertThat(stored.path("id").asInt()).isEqualTo(count + 1);
    assertThat(repeated.path("id").asInt()).as("a key from before").isEqualTo(1);
    assertThat(Http.get(main(), "/api/v1/messages/verify").json().path("intact").asBoolean())
        .isTrue();
  }

  @Test
  void givenARestore_whenACodeFromAfterTheBackupIsShown_thenItsUuidIsUnknown() {
    Map.Entry<String, String> last =
        original.messages().reversed().stream()
            .map(message -> message.path("uuid").asText())
            .filter(uuid -> all.codes.containsKey(uuid) && !before.codes.containsKey(uuid))
            .map(uuid -> Map.entry(uuid, all.codes.get(uuid)))
            .findFirst()
            .orElseThrow();

    Reply refused = store(main(), last.getKey(), last.getValue(), "of after", "after");

    assertThat(refused.status()).as(refused.toString()).isEqualTo(404);
  }

  @Test
  void givenABackup_whenItsFilesAreListed_thenNobodyElseMayReadThem() throws IOException {
    try (var files = Files.list(kit.directory.resolve("backup"))) {
      assertThat(files)
          .hasSizeGreaterThan(2)
          .allSatisfy(file ->
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                  .isEqualTo("rw-------"));
    }
  }
}
