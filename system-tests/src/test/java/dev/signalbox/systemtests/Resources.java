package dev.signalbox.systemtests;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;

/** Files that lie beside these tests for other programs to use. */
final class Resources {

  private Resources() {}

  static Path file(String name) {
    URL resource = Resources.class.getResource(name);
    if (resource == null) {
      throw new IllegalArgumentException("no resource " + name);
    }
    try {
      return Path.of(resource.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
