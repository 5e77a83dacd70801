@Component({ selector: 'app' })
export class App {
	@Input() value: string;
	@Output()
	change = new EventEmitter<string>();
	constructor(@Inject(TOKEN) private http: Http) {}
	@HostListener('click', ['$event'])
	onClick(@Arg event: Event) {}
}
