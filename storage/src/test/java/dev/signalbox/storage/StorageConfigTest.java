package dev.signalbox.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.config.ConfigException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StorageConfigTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgres://u:s3cret@h/d",
        "jdbc:postgresql://u:s3cret@h:1/d",
        "jdbc:postgresql://u:s3cret@h/d",
        "jdbc:postgresql://s3cret@h/d?ssl=true",
        "jdbc:postgresql://h:x1/d?password=s3cret",
        "jdbc:postgresql://h:70000/d?password=s3cret",
        "jdbc:postgresql://h:1/%zz?password=s3cret",
        "jdbc:postgresql:u:s3cret@h",
        "jdbc:postgresql://[::1/d?password=s3cret"
      })
  void givenAUrlThatIsNone_whenConfigured_thenTheErrorNamesTheRuleAndNoPassword(String url) {
    assertThatThrownBy(() -> StorageConfig.of(Map.of("url", url)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("storage.url: must be")
        .message()
        .doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://h/d",
        "jdbc:postgresql://h:5432/d?sslmode=verify-full&user=a@b",
        "jdbc:postgresql://h1:1,h2:2/d?targetServerType=primary",
        "jdbc:postgresql://[::1]:5432/d",
        "jdbc:postgresql://h/",
        "jdbc:postgresql:d",
        "jdbc:postgresql://h/d?password=p@ss/w:ord"
      })
  void givenAUrlOfTheDriver_whenConfigured_thenItIsTakenAndShownWithoutParameters(String url) {
    StorageConfig config = StorageConfig.of(Map.of("url", url));

    assertThat(config.url()).isEqualTo(url);
    assertThat(config.toString()).doesNotContain("p@ss");
  }
}
