package dev.signalbox.cli.run;

import dev.signalbox.platform.json.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the answers of a run go, and how many there were. Belongs to one thread. */
final class Answers {

  private static final int BUFFER = 65_536;

  private final OutputStream out;
  private final @Nullable Progress progress;
  private final long started = System.nanoTime();
  private long finished;
  private long failed;

  Answers(OutputStream out, @Nullable Progress progress) {
    this.out = new BufferedOutputStream(out, BUFFER);
    this.progress = progress;
  }

  /** One answer, without the end of its line. */
  void add(byte[] line, boolean good) throws IOException {
    out.write(line);
    out.write('\n');
    if (good) {
      finished++;
    } else {
      failed++;
    }
    progress();
  }

  /** Flushes while there is nothing else to do, so that a reader sees every result. */
  void idle() throws IOException {
    out.flush();
    progress();
  }

  private void progress() {
    if (progress != null) {
      progress.show(finished, failed, tookMs());
    }
  }

  /** The last line of all. */
  void end(boolean interrupted) throws IOException {
    Map<String, Object> summary = new LinkedHashMap<>();
    summary.put("finished", finished);
    summary.put("failed", failed);
    summary.put("took_ms", tookMs());
    if (interrupted) {
      summary.put("interrupted", true);
    }
    out.write(Json.bytes(Map.of("summary", summary)));
    out.write('\n');
    out.flush();
    clear();
  }

  /** Takes the progress line away. */
  void clear() {
    if (progress != null) {
      progress.clear();
    }
  }

  long finished() {
    return finished;
  }

  long failed() {
    return failed;
  }

  long tookMs() {
    return (System.nanoTime() - started) / 1_000_000;
  }
}
