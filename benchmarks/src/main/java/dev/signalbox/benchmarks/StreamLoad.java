package dev.signalbox.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends tasks to {@code POST /api/v1/tasks/stream} as fast as they are taken, reads the answers
 * meanwhile, and checks that each task was answered once. Settings are {@code key=value}:
 *
 * <ul>
 *   <li>{@code port}: of the gateway on 127.0.0.1
 *   <li>{@code count}: tasks
 *   <li>{@code template}: a task line; {@code @N@} is replaced by the task's number
 *   <li>{@code expect}: what each good answer holds
 *   <li>{@code pause-ms}, {@code pause-every}: the reader's pauses, each after so many answers
 *   <li>{@code leave-ms}: the connection is closed when no answer comes for so long; 0 for never
 *   <li>{@code concurrency}: tasks under way at once; 0 for what the gateway takes by itself
 *   <li>{@code seconds}: bound of the whole
 * </ul>
 *
 * <p>Prints one line of {@code key=value} and exits 1 unless every task was answered as expected.
 */
public final class StreamLoad {

  private final StreamSettings settings;
  private final AtomicLong sent = new AtomicLong();
  private final StreamTally tally;

  private StreamLoad(StreamSettings settings) {
    this.settings = settings;
    this.tally = new StreamTally(settings.count(), settings.expect());
  }

  static void main(String[] args) throws IOException {
    StreamLoad load = new StreamLoad(StreamSettings.of(args));
    boolean good = load.run();
    System.exit(good ? 0 : 1);
  }

  private boolean run() throws IOException {
    long started = System.nanoTime();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), settings.port())) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(settings.leaveMs() > 0 ? settings.leaveMs() : settings.seconds() * 1_000);
      OutputStream out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
      Thread sender = Thread.ofPlatform().daemon().start(() -> send(out));
      receive(new BufferedInputStream(socket.getInputStream(), 1 << 16), started);
      sender.interrupt();
    } catch (SocketTimeoutException e) {
      System.err.println("left: no answer came for so long");
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.println(tally.line(sent.get(), seconds));
    return tally.complete();
  }

  private void send(OutputStream out) {
    try {
      out.write(
          ("POST /api/v1/tasks/stream"
                  + (settings.concurrency() > 0 ? "?concurrency=" + settings.concurrency() : "")
                  + " HTTP/1.1\r\nHost: 127.0.0.1:"
                  + settings.port()
                  + "\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      StringBuilder chunk = new StringBuilder();
      for (long i = 0; i < settings.count(); i++) {
        chunk.append(settings.template().replace("@N@", Long.toString(i))).append('\n');
        if (chunk.length() > 16_000 || i == settings.count() - 1) {
          byte[] bytes = chunk.toString().getBytes(StandardCharsets.UTF_8);
          out.write(
              (Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
          out.write(bytes);
          out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
          chunk.setLength(0);
          sent.set(i + 1);
        }
      }
      out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
    } catch (IOException e) {
      // The connection is gone; the tally shows what was not answered.
    }
  }

  private void receive(InputStream in, long started) throws IOException {
    String status = HttpHead.read(in);
    if (!status.contains(" 200 ")) {
      throw new IOException("answered " + status);
    }
    LineSource lines = new LineSource(new ChunkedBody(in));
    long end = started + settings.seconds() * 1_000_000_000L;
    long answers = 0;
    long told = started;
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (line.startsWith("{\"summary\"")) {
        tally.summary(line);
        return;
      }
      tally.answer(line);
      answers++;
      if (System.nanoTime() > end) {
        return;
      }
      if (settings.pauseEvery() > 0 && answers % settings.pauseEvery() == 0) {
        pause();
      }
      long now = System.nanoTime();
      if (settings.progress() && now - told > 1_000_000_000L) {
        told = now;
        System.err.printf("%.0f %d %d%n", (now - started) / 1e9, sent.get(), answers);
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(settings.pauseMs());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
