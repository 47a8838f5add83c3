namespace ClearanceEngine.Silo.Settings;

/// <summary>The one way in which options reach whoever needs them.</summary>
static class SettingsRegistration
{
    /// <summary>
    /// The options of every section, bound and checked as a whole before, each as itself. They are read once, when the engine
    /// starts: an <c>IOptions</c> around them would promise a change that never comes, and have them bound and checked anew.
    /// </summary>
    public static void AddSettings(this IServiceCollection services, EngineSettings settings)
    {
        services.AddSingleton(settings.Parts);
        foreach (var options in settings.Sections.Values)
            services.AddSingleton(options.GetType(), options);
    }
}
