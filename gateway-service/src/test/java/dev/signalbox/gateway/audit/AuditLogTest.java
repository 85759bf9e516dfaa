package dev.signalbox.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.signalbox.platform.json.Json;
import dev.signalbox.testsupport.TestNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class AuditLogTest {

  private static final long LARGE = 1 << 20;

  @TempDir Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private Path file;

  @BeforeEach
  void start() {
    file = directory.resolve("audit.log");
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stop() {
    logger().detachAppender(log);
    TestNode.await(vertx.close());
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(AuditLog.class);
  }

  private AuditLog open(long maxBytes, int kept, long queueBytes) throws IOException {
    return AuditLog.open(
        vertx, file, maxBytes, kept, metrics, queueBytes, Executors.newSingleThreadExecutor());
  }

  private static AuditLog.Entry entry(int number) {
    return new AuditLog.Entry(
        "2026-11-29T12:00:00.000Z",
        "ci",
        "operator",
        null,
        "127.0.0.1:1",
        null,
        "POST",
        "/api/v1/servers",
        "/api/v1/servers",
        201,
        "id-" + number);
  }

  private static void close(AuditLog opened) {
    TestNode.await(opened.close());
  }

  private double count(String name) {
    return metrics.get("signalbox.gateway.audit." + name).counter().count();
  }

  private double queued() {
    return metrics.get("signalbox.gateway.audit.queued").gauge().value();
  }

  private long events(Level level) {
    return log.list.stream().filter(event -> event.getLevel() == level).count();
  }

  @Test
  void givenEntries_whenTheLogIsClosed_thenEachIsALineOfTheFileForItsOwnerAlone()
      throws IOException {
    AuditLog opened = open(LARGE, 1, LARGE);
    IntStream.range(0, 1_000).forEach(i -> opened.record(entry(i)));
    close(opened);

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(1_000);
    assertThat(Json.mapper().readTree(lines.get(999)).path("request_id").asText())
        .isEqualTo("id-999");
    assertThat(lines.getFirst())
        .isEqualTo(
            "{\"time\":\"2026-11-29T12:00:00.000Z\",\"token\":\"ci\",\"role\":\"operator\","
                + "\"peer\":\"127.0.0.1:1\",\"method\":\"POST\",\"path\":\"/api/v1/servers\","
                + "\"route\":\"/api/v1/servers\",\"status\":201,\"request_id\":\"id-0\"}");
    assertThat(count("written")).isEqualTo(1_000);
    assertThat(count("lost")).isZero();
    assertThat(queued()).isZero();
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void givenAVerticleThatOpenedTheLog_whenItStops_thenTheLinesOfOthersAreStillWritten()
      throws IOException {
    AuditLog[] opened = new AuditLog[1];
    String verticle =
        TestNode.await(
            vertx.deployVerticle(
                new VerticleBase() {
                  @Override
                  public Future<?> start() throws Exception {
                    opened[0] = open(LARGE, 1, LARGE);
                    return super.start();
                  }
                }));
    TestNode.await(vertx.undeploy(verticle));

    opened[0].record(entry(1));
    close(opened[0]);

    assertThat(Files.readAllLines(file)).hasSize(1);
    assertThat(count("lost")).isZero();
    assertThat(events(Level.WARN)).isZero();
  }

  @Test
  void givenAFileFromBefore_whenOpened_thenItGoesOnAfterAHalfWrittenLine() throws IOException {
    Files.writeString(file, "{\"a\":1}\n{\"b\":");

    AuditLog opened = open(LARGE, 1, LARGE);
    opened.record(entry(1));
    close(opened);

    assertThat(Files.readAllLines(file)).hasSize(3).startsWith("{\"a\":1}", "{\"b\":");
  }

  @Test
  void givenASizeLimit_whenItIsReached_thenTheFileIsRenamedAndOnlySoManyAreKept()
      throws IOException {
    RotatingFile rotating = RotatingFile.open(file, 10, 2);
    for (String line : List.of("first\n", "second\n", "third\n", "fourth\n")) {
      rotating.append(line.getBytes(StandardCharsets.UTF_8));
    }
    rotating.close();

    assertThat(file).content().isEqualTo("fourth\n");
    assertThat(directory.resolve("audit.log.1")).content().isEqualTo("third\n");
    assertThat(directory.resolve("audit.log.2")).content().isEqualTo("second\n");
    assertThat(directory.resolve("audit.log.3")).doesNotExist();
  }

  @Test
  void givenAnOldFileThatCannotBeRemoved_whenTheLimitIsReached_thenTheFileGrowsBeyondIt()
      throws IOException {
    Files.createDirectories(directory.resolve("audit.log.1/full"));
    RotatingFile rotating = RotatingFile.open(file, 10, 1);
    for (String line : List.of("first\n", "second\n", "third\n")) {
      rotating.append(line.getBytes(StandardCharsets.UTF_8));
    }
    rotating.close();

    assertThat(file).content().isEqualTo("first\nsecond\nthird\n");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void givenAFullDisk_whenLinesAreRecorded_thenTheyAreCountedReportedOnceAndNoneIsQueued()
      throws IOException {
    Files.createSymbolicLink(file, Path.of("/dev/full"));
    AuditLog opened = open(LARGE, 1, LARGE);
    for (int i = 1; i <= 3; i++) {
      opened.record(entry(i));
      int lines = i;
      await().atMost(30, TimeUnit.SECONDS).until(() -> count("lost") == lines);
    }

    assertThat(events(Level.ERROR)).isEqualTo(1);
    assertThat(count("written")).isZero();
    await().atMost(30, TimeUnit.SECONDS).until(() -> queued() == 0);

    // There is room again.
    Files.delete(file);
    opened.record(entry(4));
    close(opened);

    assertThat(Files.readAllLines(file)).singleElement().asString().contains("id-4");
    assertThat(count("lost")).isEqualTo(3);
    assertThat(events(Level.INFO)).isEqualTo(1);
    assertThat(events(Level.ERROR)).isEqualTo(1);
  }

  @Test
  void givenADiskThatIsTooSlow_whenTheQueueIsFull_thenFurtherLinesAreLostAndCounted()
      throws Exception {
    // While the only thread waits, nothing is written.
    CountDownLatch slow = new CountDownLatch(1);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    thread.submit(() -> slow.await(30, TimeUnit.SECONDS));
    AuditLog opened = AuditLog.open(vertx, file, LARGE, 1, metrics, 500, thread);
    IntStream.range(0, 10).forEach(i -> opened.record(entry(i)));

    assertThat(queued()).isBetween(200.0, 500.0);
    double lost = count("lost");
    assertThat(lost).isBetween(7.0, 9.0);
    assertThat(events(Level.ERROR)).isEqualTo(1);
    slow.countDown();
    close(opened);
    assertThat(Files.readAllLines(file)).hasSize((int) (10 - lost));
    assertThat(queued()).isZero();
  }

  @Test
  void givenALogThatIsOpen_whenOpenedAgain_thenItIsRefused() throws IOException {
    AuditLog opened = open(LARGE, 1, LARGE);

    assertThatThrownBy(() -> open(LARGE, 1, LARGE)).hasMessageContaining("another process writes");
    close(opened);
    close(open(LARGE, 1, LARGE));
  }

  @Test
  void givenADirectoryOrNoDirectory_whenOpened_thenItIsRefused() throws IOException {
    Files.createDirectory(file);

    assertThatThrownBy(() -> AuditLog.open(vertx, file, LARGE, 1, metrics))
        .hasMessageContaining("is no regular file");
    assertThatThrownBy(() -> AuditLog.open(vertx, directory.resolve("a/b"), LARGE, 1, metrics))
        .isInstanceOf(IOException.class);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void givenAPipe_whenOpened_thenItIsRefusedWithoutWaiting() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> AuditLog.open(vertx, file, LARGE, 1, metrics))
        .hasMessageContaining("is no regular file");
  }
}
