package dev.signalbox.gateway.limit;

import dev.signalbox.contracts.disk.FileMutex;
import dev.signalbox.contracts.disk.PrivateFiles;
import dev.signalbox.gateway.limit.DailyTasks.Tally;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.JsonLimits;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.StrictJson;
import dev.signalbox.platform.token.TokenEntry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@link DailyTasks} in a file, so that a day does not begin anew with the gateway. It is
 * replaced as a whole, and gateways that share a data directory keep each other's totals.
 */
public final class UsageFile {

  /** The name of the file in the data directory. */
  public static final String NAME = "token-usage.json";

  private static final Logger LOG = LoggerFactory.getLogger(UsageFile.class);

  private static final long PERIOD_MS = 2_000;
  private static final Duration TURN = Duration.ofSeconds(5);
  private static final int MAX_BYTES = 8 << 20;
  private static final int MAX_INSTANCE = 128;
  private static final JsonLimits LIMITS = JsonLimits.values(200_000);

  private final Path file;
  private final DailyTasks tasks;
  private final AtomicBoolean saving = new AtomicBoolean();
  private boolean failing;
  private @Nullable String unread;

  /** A file for counts; nothing is read or written yet. */
  public UsageFile(Path file, DailyTasks tasks) {
    this.file = file;
    this.tasks = tasks;
  }

  /**
   * Takes the totals of the file; one that cannot be understood is a warning, once for each reason.
   * Blocks.
   */
  public synchronized void load() {
    try {
      // Today's first: should there be too many, older ones are left out.
      List<Tally> tallies = read();
      tallies.sort(Comparator.comparingLong(Tally::day).reversed());
      tallies.forEach(tasks::merge);
      unread = null;
    } catch (IOException e) {
      if (!e.toString().equals(unread)) {
        unread = e.toString();
        LOG.warn("cannot read the tasks of tokens from {}; they do not count: {}", file, unread);
      }
    }
  }

  /** Saves what changed every few seconds, until the calling verticle stops. */
  public void start(Vertx vertx) {
    vertx.setPeriodic(
        PERIOD_MS,
        _ -> {
          if (saving.compareAndSet(false, true)) {
            save(vertx).onComplete(_ -> saving.set(false));
          }
        });
  }

  /** Saves what changed since the last time; never fails. */
  public Future<Void> save(Vertx vertx) {
    return vertx
        .executeBlocking(
            () -> {
              saveChanges();
              return true;
            },
            // Not in the order of the context: whatever waits there may be for a thread that is
            // being closed, and then nothing after it ever runs.
            false)
        .otherwise(false)
        .mapEmpty();
  }

  synchronized void saveChanges() throws InterruptedException {
    if (!tasks.takeUnsaved()) {
      return;
    }
    try (FileMutex _ = FileMutex.acquire(file.resolveSibling(NAME + ".lock"), TURN)) {
      load();
      write(Json.bytes(document()));
      if (failing) {
        failing = false;
        LOG.info("the tasks of tokens are saved in {} again", file);
      }
      // Reading the file may have found news, which is in it.
    } catch (IOException e) {
      tasks.markUnsaved();
      if (!failing) {
        failing = true;
        LOG.warn(
            "cannot save the tasks of tokens in {}; after a restart they count less: {}",
            file,
            e.toString());
      }
    }
  }

  /** Days, in them gateways, in them tokens. */
  private Map<String, Object> document() {
    Map<String, Map<String, Map<String, Long>>> days = new TreeMap<>();
    for (Tally tally : tasks.tallies()) {
      days.computeIfAbsent(LocalDate.ofEpochDay(tally.day()).toString(), _ -> new TreeMap<>())
          .computeIfAbsent(tally.instance(), _ -> new TreeMap<>())
          .put(tally.token(), tally.tasks());
    }
    return Map.of("tasks", days);
  }

  private void write(byte[] content) throws IOException {
    // By one name and under the mutex: what a process that was killed left is replaced.
    Path next = file.resolveSibling(NAME + ".tmp");
    Files.deleteIfExists(next);
    try (FileChannel channel =
        FileChannel.open(
            next,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PrivateFiles.attributes(next))) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private List<Tally> read() throws IOException {
    byte[] content;
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      content = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      return new ArrayList<>();
    }
    if (content.length > MAX_BYTES) {
      throw new IOException("it has more than " + MAX_BYTES + " bytes");
    }
    try {
      List<Tally> tallies = new ArrayList<>();
      object(StrictJson.object(content, LIMITS).get("tasks"))
          .forEach((day, gateways) -> add(tallies, String.valueOf(day), object(gateways)));
      return tallies;
    } catch (JsonInputException | IllegalArgumentException | DateTimeParseException e) {
      throw new IOException("it has an error: " + e.getMessage(), e);
    }
  }

  private static void add(List<Tally> tallies, String day, Map<?, ?> gateways) {
    long number = LocalDate.parse(day).toEpochDay();
    gateways.forEach((gateway, tokens) ->
        object(tokens)
            .forEach((token, count) -> {
              String instance = String.valueOf(gateway);
              String name = String.valueOf(token);
              check(
                  !instance.isEmpty() && instance.length() <= MAX_INSTANCE, "the id of a gateway");
              check(TokenEntry.isName(name), "the name of a token");
              long tasks = count == null ? -1 : RequestObject.wholeNumber(count).orElse(-1);
              check(tasks >= 0, "the tasks of a token");
              tallies.add(new Tally(number, instance, name, tasks));
            }));
  }

  private static Map<?, ?> object(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException("not an object where one must be");
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException("not " + what);
    }
  }
}
