class Jobs {
    Comparator<Job> byRank = (a, b) -> a.rank - b.rank;
    Runnable task = new Runnable() {
        int tries;

        @Override
        public void run() {
            tries++;
            start();
        }
    };

    void go(List<Job> jobs) {
        Supplier<Job> make = Job::new;
        Function<String, Integer> size = s -> s.isEmpty() ? 0 : s.length();
        jobs.stream().map(job -> {
            return job.name;
        }).filter(this::wanted).forEach(System.out::println);
    }
}
