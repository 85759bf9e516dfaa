package dev.signalbox.gateway.probe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads files that the operator names: modules, and what modules name. */
final class SmallFiles {

  static final int LARGEST = 1_048_576;

  private SmallFiles() {}

  /**
   * The text of a file. No size is asked for before, since those without a size, such as devices
   * and pipes, have no end either.
   *
   * @throws IOException with the rule that the file breaks
   */
  static String read(String name) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(Path.of(name))) {
      bytes = in.readNBytes(LARGEST + 1);
    } catch (InvalidPathException e) {
      throw new IOException("must name a file", e);
    } catch (NoSuchFileException e) {
      throw new IOException("must name a readable file: there is no " + name, e);
    } catch (IOException e) {
      throw new IOException("must name a readable file: " + e.getMessage(), e);
    }
    if (bytes.length > LARGEST) {
      throw new IOException("must name a file of at most " + LARGEST + " bytes");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("must name a file of text in UTF-8", e);
    }
  }
}
