/** The module. */
open module com.example.app {
    requires java.base;
    requires transitive com.example.lib;
    exports com.example.api to com.example.ui;
    uses com.example.Service;
    provides com.example.Service with com.example.impl.Fast;
}
