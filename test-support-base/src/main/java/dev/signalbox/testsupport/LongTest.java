package dev.signalbox.testsupport;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/**
 * Tests that last too long for every build. The pipeline runs all of them; a build by hand runs
 * them with {@code -Dsignalbox.long=true}, and an IDE always.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@DisabledIfSystemProperty(
    named = "signalbox.long",
    matches = "false",
    disabledReason = "lasts long; -Dsignalbox.long=true runs it")
public @interface LongTest {}
