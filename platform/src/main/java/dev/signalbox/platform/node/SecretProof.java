package dev.signalbox.platform.node;

import com.hazelcast.nio.MemberSocketInterceptor;
import dev.signalbox.contracts.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Properties;
import java.util.concurrent.Semaphore;
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

  /** A stranger that says nothing holds a thread for so long. */
  private static final int PATIENCE_MS = 3_000;

  /** So many at once; members are few, and each connects once. */
  private static final int MAX_AT_ONCE = 32;

  /** At most so often a stranger gets a line in the log. */
  private static final long LOG_NANOS = 10_000_000_000L;

  private static final byte[] ASKS = "asks".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ACCEPTS = "accepts".getBytes(StandardCharsets.US_ASCII);

  private final byte[] secret;
  private final SecureRandom random = new SecureRandom();
  private final Semaphore atOnce = new Semaphore(MAX_AT_ONCE);
  private final AtomicLong lastLogged = new AtomicLong(System.nanoTime() - LOG_NANOS);

  SecretProof(byte[] secret) {
    this.secret = secret.clone();
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
          byte[] theirs = in.readNBytes(NONCE_BYTES);
          check(in.readNBytes(CODE_BYTES), code(ACCEPTS, mine, theirs), socket);
          out.write(code(ASKS, mine, theirs));
          out.flush();
        });
  }

  @Override
  public void onAccept(Socket socket) throws IOException {
    if (!atOnce.tryAcquire()) {
      throw new IOException("too many connections wait for their proof of the secret");
    }
    try {
      prove(
          socket,
          (in, out) -> {
            byte[] theirs = in.readNBytes(NONCE_BYTES);
            if (theirs.length < NONCE_BYTES) {
              throw refused(socket);
            }
            byte[] mine = nonce();
            out.write(mine);
            out.write(code(ACCEPTS, theirs, mine));
            out.flush();
            check(in.readNBytes(CODE_BYTES), code(ASKS, theirs, mine), socket);
          });
    } catch (IOException e) {
      report(socket, e);
      throw e;
    } finally {
      atOnce.release();
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
    void run(InputStream in, OutputStream out) throws IOException;
  }

  private static void prove(Socket socket, Talk talk) throws IOException {
    int before = socket.getSoTimeout();
    socket.setSoTimeout(PATIENCE_MS);
    // Unbuffered: what follows is not ours to read.
    talk.run(socket.getInputStream(), socket.getOutputStream());
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
