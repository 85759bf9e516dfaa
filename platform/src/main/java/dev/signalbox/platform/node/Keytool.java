package dev.signalbox.platform.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The JDK's keytool, which makes keys and certificates: the JDK has no interface for that. */
public final class Keytool {

  private static final long TIMEOUT_S = 60;

  private Keytool() {}

  /**
   * Runs it as a process. Blocks.
   *
   * @param store a key store of type PKCS12
   * @param password of the store
   * @param arguments the command and its options, without those of the store
   * @throws StartException when it fails or takes longer than a minute
   */
  public static void run(Path store, String password, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-storetype", "PKCS12", "-keystore", store.toString(), "-storepass", password));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(TIMEOUT_S, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new StartException("keytool timed out");
    }
    if (process.exitValue() != 0) {
      throw new StartException("keytool failed: " + said.strip());
    }
  }
}
