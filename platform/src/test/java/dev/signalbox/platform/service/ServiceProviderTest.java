package dev.signalbox.platform.service;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceConfigurationError;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceProviderTest {

  private static final String NESTED = "dev.signalbox.platform.service.ServiceProviderTest$";

  @TempDir Path jar;

  /** Its service fails. */
  public static final class FailsToName implements ServiceProvider {
    @Override
    public ServiceDefinition<?> service() {
      throw new IllegalStateException("no name\nfor it");
    }
  }

  /** Its constructor fails. */
  public static final class FailsToBeMade implements ServiceProvider {
    /** Called by the loader. */
    public FailsToBeMade() {
      throw new IllegalStateException("no hands");
    }

    @Override
    public ServiceDefinition<?> service() {
      throw new AssertionError("never made");
    }
  }

  /** As compiled against another version of a library. */
  public static final class MissesAClass implements ServiceProvider {
    @Override
    public ServiceDefinition<?> service() {
      throw new NoClassDefFoundError("dev/signalbox/Gone");
    }
  }

  @ParameterizedTest
  @CsvSource({
    NESTED + "FailsToName, FailsToName, no name, test-classes",
    NESTED + "FailsToBeMade, FailsToBeMade, no hands, test-classes",
    NESTED + "MissesAClass, MissesAClass, dev/signalbox/Gone, test-classes",
    "dev.signalbox.Gone, dev.signalbox.Gone, not found, ''",
    "dev.signalbox.platform.service.ServiceProviderTest, ProviderTest, not a subtype, ''",
    "no class name, ServiceProvider:1, Illegal, META-INF/services"
  })
  void givenAJarWhoseServiceCannotBeLoaded_whenServicesAreListed_thenOneLineSaysWhichAndWhy(
      String provider, String name, String reason, String where) throws Exception {
    Path list = jar.resolve("META-INF/services/" + ServiceProvider.class.getName());
    Files.createDirectories(list.getParent());
    Files.writeString(list, provider + "\n");
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader broken = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
      thread.setContextClassLoader(broken);

      assertThatThrownBy(ServiceProvider::all)
          .isInstanceOf(ServiceConfigurationError.class)
          .hasMessageContainingAll(name, reason, where)
          .hasMessageNotContaining("\n");
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
