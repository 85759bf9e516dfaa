package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Works through a census over HTTP with workers on connections of their own, then reads results
 * back. Settings are {@code key=value}:
 *
 * <ul>
 *   <li>{@code port}: of the gateway on 127.0.0.1
 *   <li>{@code face}: {@code api} for leases and bitmaps, {@code classic} for {@code /get_task} and
 *       65,536 characters, {@code check} to read back alone
 *   <li>{@code workers}: connections
 *   <li>{@code at-once}: tasks of a lease, {@code api} alone
 *   <li>{@code seconds}: bound of the work
 *   <li>{@code sample}: how many results are read back; 0 for none
 *   <li>{@code done}: a file of the tasks acknowledged, one a line: written by the work, and what
 *       {@code check} reads back, all of it
 * </ul>
 *
 * <p>Prints one line of {@code key=value} and exits 1 when anything was answered otherwise than it
 * should, or a result reads back other than it was sent.
 */
public final class CensusLoad {

  private final CensusSettings settings;
  private final CensusContent content = new CensusContent(42);
  private final CensusTally tally = new CensusTally();

  private CensusLoad(CensusSettings settings) {
    this.settings = settings;
  }

  static void main(String[] args) throws IOException, InterruptedException {
    System.exit(new CensusLoad(CensusSettings.of(args)).run() ? 0 : 1);
  }

  private boolean run() throws IOException, InterruptedException {
    if (settings.face() == CensusSettings.Face.CHECK) {
      int[] all =
          Files.readAllLines(Path.of(settings.done())).stream()
              .mapToInt(Integer::parseInt)
              .toArray();
      return readBack(all);
    }
    long started = System.nanoTime();
    long end = started + settings.seconds() * 1_000_000_000L;
    List<Thread> workers =
        IntStream.range(0, settings.workers())
            .mapToObj(i -> Thread.ofPlatform().start(() -> work("worker-" + i, end)))
            .toList();
    for (Thread worker : workers) {
      worker.join();
    }
    System.out.println(tally.line((System.nanoTime() - started) / 1e9));
    BitSet done = tally.done();
    if (!settings.done().isEmpty()) {
      Files.writeString(
          Path.of(settings.done()),
          done.stream().mapToObj(task -> task + "\n").collect(Collectors.joining()));
    }
    if (tally.failure() != null) {
      System.err.println(tally.failure());
      return false;
    }
    int every = settings.sample() == 0 ? 0 : Math.max(1, done.cardinality() / settings.sample());
    return tally.clean()
        && (every == 0 || readBack(done.stream().filter(task -> task % every == 0).toArray()));
  }

  private void work(String name, long end) {
    try (HttpConnection door = new HttpConnection(settings.port())) {
      CensusWorker worker = new CensusWorker(door, content, tally, name, settings.atOnce());
      boolean more = true;
      while (more && System.nanoTime() < end) {
        more = settings.face() == CensusSettings.Face.API ? worker.lease() : worker.classic();
      }
      if (more) {
        tally.failed("the time is over and there is more to do");
      }
    } catch (IOException e) {
      tally.failed(name + ": " + e);
    }
  }

  private boolean readBack(int[] tasks) throws IOException {
    try (HttpConnection door = new HttpConnection(settings.port())) {
      long wrong =
          Arrays.stream(tasks)
              .filter(task -> !Arrays.equals(stored(door, task), content.bitmap(task)))
              .count();
      System.out.println("read_back=" + tasks.length + " wrong=" + wrong);
      System.out.println(door.get("/api/v1/census/progress").text());
      return wrong == 0;
    }
  }

  private static byte[] stored(HttpConnection door, int task) {
    try {
      HttpConnection.Answer answer =
          door.get("/api/v1/census/tasks/" + task + "/result?format=bitmap");
      return answer.status() == 200 ? answer.body() : new byte[0];
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
