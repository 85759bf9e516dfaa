package dev.signalbox.platform.node;

import com.hazelcast.nio.MemberSocketInterceptor;
import dev.signalbox.contracts.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Both ends of a connection of membership prove that they know the cluster's secret, before
 * anything else is read from it: each sends 32 random bytes and a code over those of both (HMAC
 * with SHA-256, RFC 2104), in which the two ends differ, so that neither code can be sent back to
 * where it came from.
 */
final class SecretProof implements MemberSocketInterceptor {

  private static final Logger LOG = LoggerFactory.getLogger(SecretProof.class);

  private static final int NONCE_BYTES = 32;
  private static final int CODE_BYTES = Sha256.BYTES;

  /** A whole proof takes no longer, however the other end spreads its bytes. */
  private static final Duration DEADLINE = Duration.ofSeconds(3);

  /**
   * So many proofs are awaited of one address: on one host are by default no more members than its
   * ports of membership, and all of them may start at once.
   */
  static final int MOST_OF_ADDRESS = Cluster.PORT_COUNT;

  /** So many proofs are awaited in all; one address cannot have all places. */
  static final int MOST = 32;

  /** Threads of Hazelcast for proofs and for its own connections to others, half of them each. */
  static final int THREADS = 2 * MOST;

  /** At most so often a stranger gets a line in the log. */
  private static final long LOG_NANOS = 10_000_000_000L;

  private static final byte[] ASKS = "asks".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ACCEPTS = "accepts".getBytes(StandardCharsets.US_ASCII);

  private final byte[] secret;
  private final SecureRandom random = new SecureRandom();
  private final PendingProofs pending = new PendingProofs(MOST, MOST_OF_ADDRESS);
  private final AtomicLong lastLogged = new AtomicLong(System.nanoTime() - LOG_NANOS);
  private final Duration deadline;

  SecretProof(byte[] secret) {
    this(secret, DEADLINE);
  }

  SecretProof(byte[] secret, Duration deadline) {
    this.secret = secret.clone();
    this.deadline = deadline;
  }

  @Override
  public void init(Properties properties) {
    // The secret comes with the constructor.
  }

  @Override
  public void onConnect(Socket socket) throws IOException {
    prove(
        socket,
        (in, out) -> {
          byte[] mine = nonce();
          out.write(mine);
          out.flush();
          byte[] theirs = in.read(NONCE_BYTES);
          check(in.read(CODE_BYTES), code(ACCEPTS, mine, theirs), socket);
          out.write(code(ASKS, mine, theirs));
          out.flush();
        });
  }

  @Override
  public void onAccept(Socket socket) throws IOException {
    pending.begin(socket);
    IOException failure = null;
    boolean hadPlace;
    try {
      prove(
          socket,
          (in, out) -> {
            byte[] theirs = in.read(NONCE_BYTES);
            byte[] mine = nonce();
            out.write(mine);
            out.write(code(ACCEPTS, theirs, mine));
            out.flush();
            check(in.read(CODE_BYTES), code(ASKS, theirs, mine), socket);
          });
    } catch (IOException e) {
      failure = e;
    } finally {
      hadPlace = pending.end(socket);
    }
    if (!hadPlace) {
      failure = new IOException("newer connections took its place before it proved the secret");
    }
    if (failure != null) {
      report(socket, failure);
      throw failure;
    }
  }

  private void report(Socket socket, IOException failure) {
    long now = System.nanoTime();
    long last = lastLogged.get();
    if (now - last >= LOG_NANOS && lastLogged.compareAndSet(last, now)) {
      LOG.warn(
          "refused a cluster connection from {}: {}",
          socket.getRemoteSocketAddress(),
          failure.getMessage());
    }
  }

  @FunctionalInterface
  private interface Talk {
    void run(Input in, OutputStream out) throws IOException;
  }

  /** What the other end sends until the deadline. */
  private static final class Input {

    private final Socket socket;
    private final long end;

    Input(Socket socket, Duration deadline) {
      this.socket = socket;
      this.end = System.nanoTime() + deadline.toNanos();
    }

    byte[] read(int count) throws IOException {
      InputStream in = socket.getInputStream(); // Unbuffered: what follows is not ours to read.
      byte[] bytes = new byte[count];
      int read = 0;
      while (read < count) {
        // The timeout is of one read, which ends with the first byte.
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new SocketTimeoutException("the proof of the secret takes too long");
        }
        socket.setSoTimeout((int) left);
        int more = in.read(bytes, read, count - read);
        if (more < 0) {
          throw refused(socket);
        }
        read += more;
      }
      return bytes;
    }
  }

  /** Only reads can block: what is written fits into the buffer of a new connection. */
  private void prove(Socket socket, Talk talk) throws IOException {
    int before = socket.getSoTimeout();
    talk.run(new Input(socket, deadline), socket.getOutputStream());
    socket.setSoTimeout(before);
  }

  private byte[] nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return nonce;
  }

  private static void check(byte[] code, byte[] expected, Socket socket) throws IOException {
    if (!MessageDigest.isEqual(code, expected)) {
      throw refused(socket);
    }
  }

  private static IOException refused(Socket socket) {
    return new IOException(
        socket.getRemoteSocketAddress() + " does not know the secret of the cluster");
  }

  private byte[] code(byte[] role, byte[] asker, byte[] accepter) {
    return Sha256.hmac(secret, role, asker, accepter);
  }
}
